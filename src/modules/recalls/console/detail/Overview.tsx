import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { useReasons } from '../../../deliveries/console/index.ts'
import { MessagePhone } from '../../../messages/console/index.ts'
import { repliesOf } from '../../rules/reply.ts'
import type { RecallFunnel, RecallRule, RuleNumbers } from '../../schema.ts'
import { FiguresPanel } from '../FiguresPanel.tsx'

type Props = { rule: RecallRule; funnel: RecallFunnel; waiting: RuleNumbers | undefined }

export function Overview({ rule, funnel, waiting }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const [first] = repliesOf(rule.content, rule.id)
  return (
    <div className="w-stack">
      <StatRow>
        <NumberStat
          label={t('recalls.column.waiting')}
          hint={t('recalls.column.waitingHint')}
          value={format.number(waiting?.waiting)}
          sub={t('recalls.column.reachable', { number: format.number(waiting?.reachable) })}
        />
        <NumberStat label={t('recalls.sent')} value={format.number(funnel.sent)} />
        <NumberStat
          label={t('recalls.returned')}
          hint={t('recalls.returnedHint')}
          value={format.number(funnel.returned)}
          sub={t('recalls.detail.returnRate', {
            rate: funnel.sent === 0 ? '—' : format.percent(funnel.returned / funnel.sent),
          })}
        />
      </StatRow>
      <div className="w-message-compose">
        <section className="w-panel">
          <h2>{t('recalls.detail.outcomes')}</h2>
          <Outcomes funnel={funnel} />
        </section>
        <aside className="w-message-phone">
          <MessagePhone content={first ?? null} />
        </aside>
      </div>
      <FiguresPanel accountId={rule.accountId} ruleId={rule.id} />
    </div>
  )
}

type Row = { key: string; text: string; n: number }

/** Everybody whose moment came, by what became of them. */
function Outcomes({ funnel: { counts, passes } }: { funnel: RecallFunnel }) {
  const { t } = useTranslation()
  const format = useFormat()
  const reason = useReasons()
  const rows: Row[] = [
    ...counts.map(({ state, reason: why, n }) => ({
      key: `${state}:${why}`,
      text:
        why === null
          ? t(`campaigns.delivery.${state}`)
          : `${t(`campaigns.delivery.${state}`)} · ${reason(why).text}`,
      n,
    })),
    ...passes.map(({ outcome, n }) => ({ key: outcome, text: t(`recalls.pass.${outcome}`), n })),
  ]
  if (rows.length === 0)
    return <EmptyState compact title={t('recalls.people.empty')} hint={t('recalls.people.emptyHint')} />
  return (
    <>
      <Table<Row>
        size="small"
        rowKey="key"
        pagination={false}
        dataSource={rows.toSorted((a, b) => b.n - a.n)}
        columns={[
          { title: t('recalls.detail.outcome'), dataIndex: 'text' },
          {
            title: t('recalls.detail.count'),
            align: 'right',
            width: 110,
            render: (_, row) => format.number(row.n),
          },
        ]}
      />
      {passes.length > 0 && <p className="w-faint w-small">{t('recalls.detail.passesHint')}</p>}
    </>
  )
}
