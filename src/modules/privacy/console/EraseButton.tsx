import { DeleteOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { listPeopleEndpoint } from '../../contacts/schema.ts'
import { erasePersonEndpoint, erasurePreviewEndpoint, listErasuresEndpoint } from '../schema.ts'
import { useCounts } from './counts.ts'

/** Asks with what would go, then leads to the receipt. Only for those who may erase. */
export function EraseButton({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const allowed = useCan('contacts:erase')
  const countsOf = useCounts()
  const [asking, setAsking] = useState(false)
  const preview = useEndpoint(erasurePreviewEndpoint, { params: { contactId } }, { enabled: asking })
  const erase = useEndpointMutation(erasePersonEndpoint, {
    success: t('privacy.started'),
    invalidates: [listPeopleEndpoint, listErasuresEndpoint],
    onSuccess: ({ id }) => void navigate(`/settings/privacy/${id}`),
  })
  if (!allowed) return null
  return (
    <>
      <Button
        danger
        icon={<DeleteOutlined />}
        loading={asking && preview.isPending}
        onClick={() => setAsking(true)}
      >
        {t('privacy.erase')}
      </Button>
      <ConfirmWithNumbers
        open={asking && preview.data !== undefined}
        danger
        title={t('privacy.eraseTitle')}
        numbers={countsOf(preview.data?.counts ?? {})}
        note={t('privacy.eraseNote')}
        consent={t('privacy.eraseConsent')}
        okText={t('privacy.eraseGo')}
        busy={erase.isPending}
        onConfirm={() => erase.mutate({ params: { contactId } })}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
