import { Skeleton, Table, type TableColumnsType, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useAccountId } from '../../../console/session.ts'
import { BrokenTag } from '../../contents/console/index.ts'
import type { RecallRule, RuleNumbers } from '../schema.ts'
import { RuleSwitch } from './RuleSwitch.tsx'
import { isOfRecall, RuleTag, useScopeText, useTimeText } from './words.tsx'

export function RulesTable({ rules, waiting }: { rules: RecallRule[]; waiting: RuleNumbers[] | undefined }) {
  const navigate = useNavigate()
  const columns = useColumns(waiting)
  return (
    <div className="w-table-panel">
      <Table<RecallRule>
        size="middle"
        rowKey="id"
        columns={columns}
        dataSource={rules}
        pagination={false}
        scroll={{ x: 860 }}
        rowClassName={() => 'w-clickable'}
        onRow={({ id }) => ({ onClick: () => void navigate(id) })}
      />
    </div>
  )
}

function useColumns(waiting: RuleNumbers[] | undefined): TableColumnsType<RecallRule> {
  const { t } = useTranslation()
  const format = useFormat()
  const time = useTimeText()
  const scope = useScopeText()
  const accountId = useAccountId()
  const of = (rule: RecallRule) => waiting?.find(({ ruleId }) => ruleId === rule.id)
  return [
    {
      title: t('recalls.column.name'),
      render: (_, rule) => (
        <>
          <Link to={`/accounts/${accountId}/recalls/${rule.id}`}>{rule.name}</Link>{' '}
          <BrokenTag accountId={accountId} match={isOfRecall(rule.id)} />
          {rule.paused !== null && (
            <div>
              <RuleTag rule={rule} />
            </div>
          )}
        </>
      ),
    },
    { title: t('recalls.column.time'), render: (_, rule) => time(rule) },
    { title: t('recalls.column.scope'), render: (_, rule) => scope(rule) },
    {
      title: (
        <Tooltip title={t('recalls.column.waitingHint')}>
          <span>{t('recalls.column.waiting')}</span>
        </Tooltip>
      ),
      align: 'right',
      width: 170,
      render: (_, rule) => <WaitingCell waiting={of(rule)} />,
    },
    {
      title: t('recalls.column.sent'),
      align: 'right',
      width: 100,
      render: (_, rule) => format.number(rule.sent),
    },
    {
      title: t('recalls.column.returned'),
      align: 'right',
      width: 100,
      render: (_, rule) => format.number(rule.returned),
    },
    {
      title: t('recalls.column.state'),
      width: 90,
      render: (_, rule) => (
        <span onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
          <RuleSwitch rule={rule} waiting={of(rule)} />
        </span>
      ),
    },
  ]
}

function WaitingCell({ waiting }: { waiting: RuleNumbers | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (waiting === undefined) return <Skeleton.Button size="small" active />
  return (
    <>
      {format.number(waiting.waiting)}
      <div className="w-faint w-small">
        {t('recalls.column.reachable', { number: format.number(waiting.reachable) })}
      </div>
    </>
  )
}
