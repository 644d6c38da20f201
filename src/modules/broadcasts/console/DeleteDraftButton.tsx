import { DeleteOutlined } from '@ant-design/icons'
import { Button, Popconfirm } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { deleteBroadcastEndpoint, listBroadcastsEndpoint } from '../schema.ts'

export function DeleteDraftButton({
  broadcastId,
  onDeleted,
}: {
  broadcastId: string
  onDeleted?: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('broadcasts:write')
  const remove = useEndpointMutation(deleteBroadcastEndpoint, {
    invalidates: [listBroadcastsEndpoint],
    success: t('common.deleted'),
    onSuccess: () => {
      onDeleted?.()
      void navigate(`/accounts/${accountId}/broadcasts`)
    },
  })
  if (!mayWrite) return null
  return (
    <Popconfirm
      title={t('broadcasts.deleteTitle')}
      okText={t('common.delete')}
      onConfirm={() => remove.mutate({ params: { accountId, broadcastId } })}
    >
      <Button type="text" danger icon={<DeleteOutlined />} loading={remove.isPending}>
        {t('common.delete')}
      </Button>
    </Popconfirm>
  )
}
