import { Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { BroadcastListItem, GroupSummary } from '../../schema.ts'
import { TotalsBar } from '../TotalsBar.tsx'
import { WaitingActions } from '../WaitingActions.tsx'
import { armName, isMoving, LabelTag } from '../words.tsx'

type Row = { group: GroupSummary; arm: GroupSummary['arms'][number] }

/** The records of one send: each with its state, time and people, and what can be done until its time. */
export function GroupRows({ broadcast }: { broadcast: BroadcastListItem }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows: Row[] = broadcast.groups.flatMap((group) => group.arms.map((arm) => ({ group, arm })))
  const columns: TableColumnsType<Row> = [
    {
      title: t('massGroups.group'),
      render: (_, { group, arm }) => (
        <>
          {group.place + 1}. {armName(t, group, arm)}
          <div className="w-faint w-small">{t(`broadcasts.content.${arm.contentKind}`)}</div>
        </>
      ),
    },
    { title: t('common.state'), width: 130, render: (_, { arm }) => <LabelTag label={arm.listLabel} /> },
    {
      title: t('massGroups.when'),
      width: 170,
      className: 'w-nowrap',
      render: (_, { arm }) =>
        arm.startedAt !== null || arm.sendAt !== null
          ? format.instant(arm.startedAt ?? arm.sendAt)
          : t('massGroups.atOnce'),
    },
    {
      title: t('massGroups.people'),
      width: 230,
      render: (_, { group, arm }) =>
        arm.state === 'draft' ? (
          <span className="w-faint">—</span>
        ) : (
          <>
            <TotalsBar totals={arm.totals} moving={isMoving(arm.listLabel)} />
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
      width: 210,
      className: 'w-right w-nowrap',
      render: (_, { group }) => <WaitingActions broadcastId={broadcast.id} groups={[group]} />,
    },
  ]
  return (
    <Table<Row>
      size="small"
      rowKey={({ arm }) => arm.number}
      columns={columns}
      dataSource={rows}
      pagination={false}
    />
  )
}
