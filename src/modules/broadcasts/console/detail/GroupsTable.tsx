import { Alert, Button, Popconfirm, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import {
  type Arm,
  answerArmEndpoint,
  type Broadcast,
  type Group,
  getBroadcastEndpoint,
  listBatchesEndpoint,
  listBroadcastsEndpoint,
} from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { WaitingActions } from '../WaitingActions.tsx'
import { LabelTag, useAudienceText } from '../words.tsx'
import { ChangedDraft } from './ChangedDraft.tsx'
import { ArmMark } from './experiment/ArmMark.tsx'

const CHANGED = [getBroadcastEndpoint, listBroadcastsEndpoint, listBatchesEndpoint]

type Row = { group: Group; arm: Arm }

const rowsOf = ({ groups }: Broadcast): Row[] =>
  groups.flatMap((group) => group.arms.map((arm) => ({ group, arm })))

/** 群发记录 of each group: where it stands, when it goes, and what can be done until then. */
export function GroupsTable({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const columns = useColumns(broadcast)
  const rows = rowsOf(broadcast)
  const isPlain = rows.length === 1 && rows.every(({ arm }) => arm.sendAt === null && arm.detail === null)
  if (isPlain) return null
  return (
    <section className="w-panel">
      <h2>{t('massGroups.records')}</h2>
      <Asking broadcastId={broadcast.id} rows={rows} />
      <Table<Row>
        size="small"
        pagination={false}
        rowKey={({ arm }) => arm.number}
        dataSource={rows}
        columns={columns}
        scroll={{ x: 860 }}
      />
    </section>
  )
}

function useColumns(broadcast: Broadcast): TableColumnsType<Row> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    { title: t('massGroups.group'), render: (_, row) => <GroupName {...row} /> },
    { title: t('common.state'), width: 190, render: (_, { arm }) => <Standing arm={arm} /> },
    { title: t('massGroups.when'), width: 200, render: (_, { arm }) => <When arm={arm} /> },
    {
      title: t('massGroups.people'),
      width: 220,
      render: (_, { group, arm }) => (
        <>
          {arm.state === 'draft'
            ? '—'
            : t('massGroups.peopleOf', {
                planned: format.number(arm.totals.planned),
                skipped: format.number(arm.totals.skipped),
              })}
          {group.filtered !== null && group.filtered > 0 && (
            <div className="w-faint w-small">
              {t('massGroups.filtered', { number: format.number(group.filtered) })}
            </div>
          )}
        </>
      ),
    },
    {
      key: 'actions',
      className: 'w-right w-nowrap',
      render: (_, { group }) => <WaitingActions broadcastId={broadcast.id} groups={[group]} />,
    },
  ]
}

function GroupName({ group, arm }: Row) {
  const { t } = useTranslation()
  const audience = useAudienceText(group.audience)
  return (
    <>
      {group.place + 1}. {group.name} <ArmMark arm={arm} />
      <div className="w-faint w-small">
        {audience} · {arm.content === null ? t('massTests.toChoose') : arm.title}
      </div>
    </>
  )
}

function Standing({ arm }: { arm: Arm }) {
  const { t } = useTranslation()
  const explain = useReason()
  return (
    <>
      <LabelTag label={arm.listLabel} />
      {arm.reason !== null && <div className="w-faint w-small">{explain(arm.reason, arm.detail).text}</div>}
      {arm.state === 'opening' && (
        <div className="w-faint w-small">
          {t('massGroups.copies', { ready: arm.batchesReady, all: arm.batchCount })}
        </div>
      )}
    </>
  )
}

function When({ arm }: { arm: Arm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const late = arm.detail?.['late']
  const steps = [
    arm.queuedAt !== null && t('massGroups.queuedAt', { at: format.instant(arm.queuedAt) }),
    arm.startedAt !== null && t('massGroups.startedAt', { at: format.instant(arm.startedAt) }),
    arm.endedAt !== null && t('massGroups.endedAt', { at: format.instant(arm.endedAt) }),
    typeof late === 'string' && t('massGroups.late', { at: format.instant(late) }),
    arm.detail?.['sourcesUnchecked'] === true && t('massFollowing.changed.unchecked'),
  ].filter((step) => step !== false)
  return (
    <>
      {arm.sendAt === null ? t('massGroups.atOnce') : format.instant(arm.sendAt)}
      {steps.map((step) => (
        <div key={step} className="w-faint w-small">
          {step}
        </div>
      ))}
    </>
  )
}

/** What waits for an operator's word: its time was missed, or its articles changed. */
function Asking({ broadcastId, rows }: { broadcastId: string; rows: readonly Row[] }) {
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
