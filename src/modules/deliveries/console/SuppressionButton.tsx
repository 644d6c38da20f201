import { StopOutlined } from '@ant-design/icons'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import {
  getSuppressionEndpoint,
  listSuppressionsEndpoint,
  suppressEndpoint,
  unsuppressEndpoint,
} from '../schema.ts'

const invalidates = [getSuppressionEndpoint, listSuppressionsEndpoint]

/** Puts a person on the 不再打扰 list or takes them off; who may do neither sees that somebody is on it. */
export function SuppressionButton({ contactId, small = false }: { contactId: string; small?: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayWrite = useCan('suppressions:write')
  const [asking, setAsking] = useState(false)
  const { data } = useEndpoint(getSuppressionEndpoint, { params: { contactId } })
  if (data === undefined) return null
  const { suppression } = data
  if (!mayWrite) return suppression && <StateTag tone="bad">{t('limits.suppressed')}</StateTag>
  return (
    <>
      <Button
        {...(small && { size: 'small', type: 'link' })}
        icon={small ? undefined : <StopOutlined />}
        danger={suppression !== null}
        {...(suppression !== null && {
          title: t('limits.suppressedSince', { at: format.instant(suppression.createdAt) }),
        })}
        onClick={() => setAsking(true)}
      >
        {t(suppression === null ? 'limits.suppress' : 'limits.unsuppress')}
      </Button>
      {asking && (
        <Ask contactId={contactId} suppressed={suppression !== null} onClose={() => setAsking(false)} />
      )}
    </>
  )
}

type AskProps = { contactId: string; suppressed: boolean; onClose: () => void }

function Ask({ contactId, suppressed, onClose }: AskProps) {
  const { t } = useTranslation()
  const [note, setNote] = useState('')
  const add = useEndpointMutation(suppressEndpoint, {
    invalidates,
    success: t('limits.added'),
    onSuccess: onClose,
  })
  const remove = useEndpointMutation(unsuppressEndpoint, {
    invalidates,
    success: t('limits.removed'),
    onSuccess: onClose,
  })
  return (
    <Modal
      open
      title={t(suppressed ? 'limits.unsuppressTitle' : 'limits.suppressTitle')}
      okText={t(suppressed ? 'limits.unsuppress' : 'limits.suppress')}
      okButtonProps={{ danger: !suppressed }}
      cancelText={t('common.cancel')}
      confirmLoading={add.isPending || remove.isPending}
      onCancel={onClose}
      onOk={() =>
        suppressed
          ? remove.mutate({ params: { contactId } })
          : add.mutate({ params: { contactId }, body: { note } })
      }
    >
      <p>{t(suppressed ? 'limits.unsuppressNote' : 'limits.suppressNote')}</p>
      {!suppressed && (
        <Input
          value={note}
          maxLength={200}
          aria-label={t('limits.note')}
          placeholder={t('limits.notePlaceholder')}
          onChange={(event) => setNote(event.target.value)}
        />
      )}
    </Modal>
  )
}
