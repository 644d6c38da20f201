import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import type { Backtest, BacktestResult, VariantResult } from '../../schema.ts'
import { SampleTag, useSampled, useWhy, VariantWords } from '../words.tsx'

type Row = { key: string; label: string; first: number; second: number }

/** Two versions side by side, and whom only one of them would have reached. */
export function Compared({ backtest, result }: { backtest: Backtest; result: BacktestResult }) {
  const { t } = useTranslation()
  const [first, second] = result.variants
  if (first === undefined || second === undefined) return null
  return (
    <section className="w-panel" data-testid="backtest-compared">
      <h2>
        {t('backtests.compared.title')} <SampleTag sample={backtest.sample} />
      </h2>
      <ul className="w-backtest-versions">
        {backtest.variants.map((variant, place) => (
          <li key={place === 0 ? 'first' : 'second'}>
            <b>{t(place === 0 ? 'backtests.first' : 'backtests.second')}</b>{' '}
            <VariantWords variant={variant} />
          </li>
        ))}
      </ul>
      <SideBySide first={first} second={second} />
      {result.compared !== null && <Shared compared={result.compared} sample={backtest.sample} />}
    </section>
  )
}

function SideBySide({ first, second }: { first: VariantResult; second: VariantResult }) {
  const { t } = useTranslation()
  const format = useFormat()
  const why = useWhy()
  const row = (key: string, label: string, pick: (result: VariantResult) => number): Row => ({
    key,
    label,
    first: pick(first),
    second: pick(second),
  })
  const rows = [
    row('turns', t('backtests.turns'), ({ turns }) => turns),
    row('reached', t('backtests.reached'), ({ reached }) => reached),
    row('people', t('backtests.people'), ({ people }) => people),
    row('missed', t('backtests.notReached'), ({ turns, reached }) => turns - reached),
    ...reasonsOf([first, second]).map((reason) =>
      row(
        `reason:${reason}`,
        `${t('backtests.notReached')} · ${why(reason).text}`,
        ({ notReached }) => notReached.find((one) => one.reason === reason)?.n ?? 0,
      ),
    ),
    ...(['once', 'twice', 'more'] as const).map((key) =>
      row(
        key,
        `${t('backtests.perPerson.title')} · ${t(`backtests.perPerson.${key}`)}`,
        ({ perPerson }) => perPerson[key],
      ),
    ),
  ]
  return (
    <Table<Row>
      size="small"
      rowKey="key"
      pagination={false}
      scroll={{ x: 320 }}
      dataSource={rows}
      columns={[
        { title: '', dataIndex: 'label' },
        {
          title: t('backtests.first'),
          align: 'right',
          width: 72,
          render: (_, { first: n }) => <b>{format.number(n)}</b>,
        },
        {
          title: t('backtests.second'),
          align: 'right',
          width: 72,
          render: (_, { second: n }) => <b>{format.number(n)}</b>,
        },
        {
          title: t('backtests.compared.difference'),
          align: 'right',
          width: 72,
          render: (_, one) => <Difference n={one.first - one.second} />,
        },
      ]}
    />
  )
}

const reasonsOf = (results: readonly VariantResult[]): string[] => [
  ...new Set(results.flatMap(({ notReached }) => notReached.map(({ reason }) => reason))),
]

function Difference({ n }: { n: number }) {
  const format = useFormat()
  return <span className="w-soft">{n === 0 ? '0' : `${n > 0 ? '+' : '−'}${format.number(Math.abs(n))}`}</span>
}

function Shared({ compared, sample }: { compared: NonNullable<BacktestResult['compared']>; sample: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sampled = useSampled(sample)
  return (
    <div style={{ marginTop: 14 }}>
      <StatRow>
        {(['both', 'onlyFirst', 'onlySecond'] as const).map((key) => {
          const sub = sampled(compared[key])
          return (
            <NumberStat
              key={key}
              label={t(`backtests.compared.${key}`)}
              value={format.number(compared[key])}
              {...(sub !== undefined && { sub })}
            />
          )
        })}
      </StatRow>
    </div>
  )
}
