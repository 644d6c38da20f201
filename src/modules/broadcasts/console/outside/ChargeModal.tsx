import { Alert, Button, Checkbox, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import {
  chargeOutsideSendEndpoint,
  getBroadcastEndpoint,
  linkOutsideSendEndpoint,
  listBatchesEndpoint,
  listOutsideSendsEndpoint,
  type OutsideSend,
} from '../../schema.ts'
import { ReachForm } from './ReachForm.tsx'
import { NO_REACH, reachOf } from './reach.ts'
import { useOutsideWords } from './words.ts'

/** Whom a found send went to; where a batch of ours may be it, that first. */
export function ChargeModal({ send, onClose }: { send: OutsideSend; onClose: () => void }) {
  const { t } = useTranslation()
  const words = useOutsideWords()
  const accountId = useAccountId()
  const [draft, setDraft] = useState(NO_REACH)
  const [notOurs, setNotOurs] = useState(false)
  const asks = send.suspects.length > 0 && !notOurs
  const reach = reachOf(draft)
  const params = { accountId, outsideSendId: send.id }
  const charge = useEndpointMutation(chargeOutsideSendEndpoint, {
    invalidates: [listOutsideSendsEndpoint],
    success: t('common.saved'),
    onSuccess: onClose,
  })
  return (
    <Modal
      open
      width={800}
      title={`${t('massOutside.charge')} · ${words.nameOf(send)}`}
      onCancel={onClose}
      okText={t('common.save')}
      okButtonProps={{ disabled: reach === null || asks }}
      confirmLoading={charge.isPending}
      onOk={() => reach && charge.mutate({ params, body: { reach, notOurs } })}
    >
      <div className="w-stack" style={{ gap: 14 }}>
        <span className="w-soft">
          {words.timeOf(send)} · {words.peopleOf(send)}
        </span>
        {send.suspects.length > 0 && (
          <Suspects send={send} onClose={onClose}>
            <Checkbox checked={notOurs} onChange={(event) => setNotOurs(event.target.checked)}>
              {t('massOutside.notOurs')}
            </Checkbox>
          </Suspects>
        )}
        {!asks && <ReachForm value={draft} onChange={setDraft} />}
      </div>
    </Modal>
  )
}

function Suspects({
  send,
  onClose,
  children,
}: {
  send: OutsideSend
  onClose: () => void
  children: React.ReactNode
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const claim = useEndpointMutation(linkOutsideSendEndpoint, {
    invalidates: [listOutsideSendsEndpoint, getBroadcastEndpoint, listBatchesEndpoint],
    success: t('common.saved'),
    onSuccess: onClose,
  })
  return (
    <Alert
      type="warning"
      showIcon
      title={t('massOutside.suspect')}
      description={
        <div className="w-stack" style={{ gap: 8 }}>
          <span>{t('massOutside.suspectHint')}</span>
          {send.suspects.map(({ broadcastId, name, seq, size, intentAt, state, canLink }) => (
            <div key={`${broadcastId}-${seq}`} className="w-row">
              <span style={{ flex: 1 }}>
                {t('massOutside.suspectOf', {
                  name,
                  seq: seq + 1,
                  number: format.number(size),
                  at: format.instant(intentAt),
                })}
                {'（'}
                {t(`massOutside.suspectState.${state}`)}
                {'）'}
              </span>
              {canLink && (
                <Button
                  size="small"
                  loading={claim.isPending}
                  title={t('massOutside.claimHint')}
                  onClick={() =>
                    claim.mutate({
                      params: { accountId, outsideSendId: send.id },
                      body: { broadcastId, seq },
                    })
                  }
                >
                  {t('massOutside.claim')}
                </Button>
              )}
            </div>
          ))}
          {children}
        </div>
      }
    />
  )
}
