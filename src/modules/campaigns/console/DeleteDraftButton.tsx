import { DeleteOutlined } from '@ant-design/icons'
import { Button, Popconfirm } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { deleteCampaignEndpoint, listCampaignsEndpoint } from '../schema.ts'

export function DeleteDraftButton({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const allowed = useCan('campaigns:write')
  const remove = useEndpointMutation(deleteCampaignEndpoint, {
    invalidates: [listCampaignsEndpoint],
    success: t('common.deleted'),
    onSuccess: () => void navigate(`/accounts/${accountId}/campaigns`),
  })
  if (!allowed) return null
  return (
    <Popconfirm
      title={t('campaigns.act.deleteTitle')}
      okText={t('common.delete')}
      okButtonProps={{ danger: true }}
      onConfirm={() => remove.mutate({ params: { accountId, campaignId } })}
    >
      <Button icon={<DeleteOutlined />} loading={remove.isPending} aria-label={t('common.delete')} />
    </Popconfirm>
  )
}
