import { Alert, Button, Popconfirm } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import {
  type Arm,
  answerArmEndpoint,
  type Group,
  getBroadcastEndpoint,
  listBatchesEndpoint,
  listBroadcastsEndpoint,
} from '../../schema.ts'
import { ChangedDraft } from './ChangedDraft.tsx'

const CHANGED = [getBroadcastEndpoint, listBroadcastsEndpoint, listBatchesEndpoint]

type Row = { group: Group; arm: Arm }

/** What waits for an operator's word: its time was missed, or its articles changed. */
export function Asking({ broadcastId, rows }: { broadcastId: string; rows: readonly Row[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const maySend = useCan('broadcasts:send')
  const answer = useEndpointMutation(answerArmEndpoint, { invalidates: CHANGED })
  const say = ({ arm }: Row, what: 'send' | 'skip') =>
    answer.mutate({ params: { accountId, broadcastId, number: arm.number }, body: { do: what } })
  return rows
    .filter(({ arm }) => arm.can.answer && (arm.reason === 'missed' || arm.reason === 'draft_changed'))
    .map((row) =>
      row.arm.reason === 'draft_changed' ? (
        <ChangedDraft key={row.arm.number} broadcastId={broadcastId} {...row} />
      ) : (
        <Alert
          key={row.arm.number}
          type="warning"
          showIcon
          style={{ marginBottom: 12 }}
          title={t('massGroups.asks', { name: row.group.name, at: format.instant(row.arm.sendAt) })}
          action={
            <div className="w-row">
              <Popconfirm
                title={t('massGroups.sendNowTitle')}
                okText={t('massGroups.answerSend')}
                onConfirm={() => say(row, 'send')}
              >
                <Button type="primary" disabled={!maySend} loading={answer.isPending}>
                  {t('massGroups.answerSend')}
                </Button>
              </Popconfirm>
              <Button disabled={!maySend} loading={answer.isPending} onClick={() => say(row, 'skip')}>
                {t('massGroups.answerSkip')}
              </Button>
            </div>
          }
        />
      ),
    )
}
