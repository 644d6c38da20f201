import { Button, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { Arm, Broadcast, Group } from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { WaitingActions } from '../WaitingActions.tsx'
import { isMoving, LabelTag, useAudienceText } from '../words.tsx'
import { ArmProgress } from './ArmProgress.tsx'
import { Asking } from './Asking.tsx'
import { ArmMark } from './experiment/ArmMark.tsx'

type Row = { group: Group; arm: Arm }
type Shown = (part: { tab: 'batches' | 'recipients'; arm: number }) => void

const rowsOf = ({ groups }: Broadcast): Row[] =>
  groups.flatMap((group) => group.arms.map((arm) => ({ group, arm })))

/** 群发记录 of each group: where it stands since when, whom it reached, and what can be done until its time. */
export function GroupsTable({ broadcast, onShow }: { broadcast: Broadcast; onShow: Shown }) {
  const { t } = useTranslation()
  const columns = useColumns(broadcast, onShow)
  const rows = rowsOf(broadcast)
  if (broadcast.state === 'draft') return null
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
        scroll={{ x: 940 }}
        summary={() => rows.length > 1 && <Sum broadcast={broadcast} columns={columns.length} />}
      />
    </section>
  )
}

function useColumns(broadcast: Broadcast, onShow: Shown): TableColumnsType<Row> {
  const { t } = useTranslation()
  return [
    { title: t('massGroups.group'), width: 210, render: (_, row) => <GroupName {...row} /> },
    {
      title: t('common.state'),
      width: 170,
      render: (_, { arm }) => <Standing arm={arm} moving={isMoving(broadcast.label)} />,
    },
    { title: t('massGroups.when'), width: 190, render: (_, { arm }) => <When arm={arm} /> },
    {
      title: t('massGroups.people'),
      width: 190,
      render: (_, row) => <People {...row} onShow={onShow} />,
    },
    {
      key: 'actions',
      className: 'w-right w-nowrap',
      render: (_, { group, arm }) => (
        <>
          <WaitingActions broadcastId={broadcast.id} groups={[group]} />
          {arm.batchCount > 0 && (
            <Button type="link" size="small" onClick={() => onShow({ tab: 'batches', arm: arm.number })}>
              {t('massGroups.batchesOf', { count: arm.batchCount })}
            </Button>
          )}
        </>
      ),
    },
  ]
}

function GroupName({ group, arm }: Row) {
  const { t } = useTranslation()
  const audience = useAudienceText(group.audience)
  const about = [
    audience,
    t(`broadcasts.content.${arm.contentKind}`),
    arm.content === null ? t('massTests.toChoose') : arm.title,
    group.activity?.name,
  ]
  return (
    <>
      {group.place + 1}. {group.name} <ArmMark arm={arm} />
      <div className="w-faint w-small">{about.filter(Boolean).join(' · ')}</div>
    </>
  )
}

function Standing({ arm, moving }: { arm: Arm; moving: boolean }) {
  const explain = useReason()
  return (
    <>
      <LabelTag label={arm.listLabel} />
      {arm.reason !== null && <div className="w-faint w-small">{explain(arm.reason, arm.detail).text}</div>}
      {moving && <ArmProgress arm={arm} />}
    </>
  )
}

/** When it goes, and since when each step is done. */
function When({ arm }: { arm: Arm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const late = arm.detail?.['late']
  const steps = [
    arm.queuedAt !== null && t('massGroups.queuedAt', { at: format.second(arm.queuedAt) }),
    arm.openedAt !== null && t('massGroups.openedAt', { at: format.second(arm.openedAt) }),
    arm.startedAt !== null && t('massGroups.startedAt', { at: format.second(arm.startedAt) }),
    arm.endedAt !== null && t('massGroups.endedAt', { at: format.second(arm.endedAt) }),
    typeof late === 'string' && t('massGroups.late', { at: format.instant(late) }),
    arm.detail?.['sourcesUnchecked'] === true && t('massFollowing.changed.unchecked'),
  ].filter((step) => step !== false)
  return (
    <>
      {arm.sendAt === null ? t('massGroups.atOnce') : format.instant(arm.sendAt)}
      {steps.map((step) => (
        <div key={step} className="w-faint w-small w-nowrap">
          {step}
        </div>
      ))}
    </>
  )
}

/** 人群详情: whom the group names, less who is filtered, is who is sent to and who is not. */
function People({ group, arm, onShow }: Row & { onShow: Shown }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (arm.state === 'draft') return '—'
  const { planned, skipped, delivered } = arm.totals
  return (
    <>
      <Button
        type="link"
        size="small"
        style={{ padding: 0, height: 'auto' }}
        onClick={() => onShow({ tab: 'recipients', arm: arm.number })}
      >
        {t('massGroups.peopleOf', { planned: format.number(planned), skipped: format.number(skipped) })}
      </Button>
      {delivered > 0 && (
        <div className="w-small">
          {t('massRecords.delivered')} {format.number(delivered)}
        </div>
      )}
      {group.total !== null && group.filtered !== null && group.filtered > 0 && (
        <div className="w-faint w-small">
          {t('massGroups.total')} {format.number(group.total)} ·{' '}
          {t('massGroups.filtered', { number: format.number(group.filtered) })}
        </div>
      )}
    </>
  )
}

/** The records in sum are the numbers below. */
function Sum({ broadcast, columns }: { broadcast: Broadcast; columns: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { planned, skipped, delivered } = broadcast.totals
  return (
    <Table.Summary.Row>
      <Table.Summary.Cell index={0} colSpan={columns - 2}>
        <b>{t('massGroups.inSum')}</b>
      </Table.Summary.Cell>
      <Table.Summary.Cell index={columns - 2} colSpan={2}>
        <b>
          {t('massGroups.peopleOf', { planned: format.number(planned), skipped: format.number(skipped) })}
        </b>
        {delivered > 0 && ` · ${t('massRecords.delivered')} ${format.number(delivered)}`}
      </Table.Summary.Cell>
    </Table.Summary.Row>
  )
}
