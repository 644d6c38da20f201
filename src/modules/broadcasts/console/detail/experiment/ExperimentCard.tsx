import { Alert, Button, Popconfirm, Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../../console/clock.ts'
import { useFormat } from '../../../../../console/format.ts'
import { useEndpoint } from '../../../../../console/hooks.ts'
import { useCan } from '../../../../../console/session.ts'
import { StateTag, type Tone } from '../../../../../console/ui/StateTag.tsx'
import { Loaded } from '../../../../../console/ui/states.tsx'
import {
  type Broadcast,
  type Evidence,
  type Experiment,
  experimentEndpoint,
  type Group,
} from '../../../schema.ts'
import { RateBar } from './RateBar.tsx'
import { useChoice } from './use-choice.ts'

const TONES: Record<Experiment['state'], Tone> = {
  testing: 'busy',
  waiting: 'busy',
  asking: 'warn',
  decided: 'good',
  over: 'idle',
}

/** A/B 测试: the figures of each variant with interval and probability, when it is decided, and what was. */
export function ExperimentCard({ broadcast, group }: { broadcast: Broadcast; group: Group }) {
  const { accountId, id } = broadcast
  const query = useEndpoint(
    experimentEndpoint,
    { params: { accountId, broadcastId: id, place: group.place } },
    { every: 5_000 },
  )
  return (
    <Loaded query={query}>
      {(experiment) => <Card broadcast={broadcast} group={group} experiment={experiment} />}
    </Loaded>
  )
}

type Props = { broadcast: Broadcast; group: Group; experiment: Experiment }

function Card({ broadcast, group, experiment }: Props) {
  const { t } = useTranslation()
  const { state } = experiment
  const name = broadcast.groupCount > 1 ? ` · ${group.name}` : ''
  return (
    <section className="w-panel">
      <h2>
        {t('massTests.test')}
        {name} <StateTag tone={TONES[state]}>{t(`massTests.state.${state}`)}</StateTag>
      </h2>
      <div className="w-stack">
        <Standing experiment={experiment} />
        <Asking broadcast={broadcast} experiment={experiment} />
        <Variants broadcast={broadcast} group={group} experiment={experiment} />
        <div className="w-faint w-small">
          {t('massTests.figuresHint', { day: experiment.now.statDay })}
          {experiment.now.arms.some(({ readers }) => readers !== null) &&
            !experiment.now.byMessage &&
            ` ${t('massTests.allReaders')}`}
        </div>
      </div>
    </section>
  )
}

const labelOf = ({ now }: Experiment, number: number | null): string =>
  now.arms.find((arm) => arm.number === number)?.label ?? ''

function Standing({ experiment }: { experiment: Experiment }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  const { state, chosen, chosenByName, verdict, decidesAt, givesUpAt } = experiment
  const label = labelOf(experiment, chosen)
  if (state === 'asking' || state === 'over') return null
  if (state === 'decided') {
    const best = verdict?.arms.find(({ number }) => number === chosen)?.best ?? null
    const why =
      chosenByName === null
        ? t(`massTests.why.${verdict?.why ?? 'figures'}`)
        : t('massTests.by', { name: chosenByName })
    return (
      <Alert
        type="success"
        showIcon
        title={t('massTests.winner', { label })}
        description={[why, best !== null && t('massTests.probably', { share: format.percent(best) })]
          .filter(Boolean)
          .join(' · ')}
      />
    )
  }
  return (
    <Alert
      type="info"
      showIcon
      title={
        state === 'testing'
          ? t('massTests.decides', { at: format.instant(decidesAt), in: format.ago(decidesAt, now) })
          : t('massTests.waits', { at: format.instant(givesUpAt) })
      }
      description={
        chosen === null ? undefined : t('massTests.overruled', { label, name: chosenByName ?? '' })
      }
    />
  )
}

/** Why the rest waits for an operator's word. */
function Asking({ broadcast, experiment }: Omit<Props, 'group'>) {
  const { t } = useTranslation()
  const maySend = useCan('broadcasts:send')
  const { skip, busy } = useChoice(broadcast, experiment.rest)
  const { state, reason } = experiment
  // what else a record may ask is answered beside it
  const known = ASKED.find((one) => one === reason)
  if (state !== 'asking' || known === undefined) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t(`massTests.asks.${known}`)}
      description={t('massTests.asksHint')}
      action={
        <Popconfirm
          title={t('massTests.skipTitle')}
          okText={t('massGroups.answerSkip')}
          okButtonProps={{ danger: true }}
          onConfirm={skip}
        >
          <Button disabled={!maySend} loading={busy}>
            {t('massGroups.answerSkip')}
          </Button>
        </Popconfirm>
      }
    />
  )
}
const ASKED = ['figures_missing', 'unsure', 'test_failed'] as const

function Variants({ broadcast, group, experiment }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const shown = experiment.state === 'decided' ? (experiment.verdict ?? experiment.now) : experiment.now
  const most = Math.max(...shown.arms.map(({ high }) => high ?? 0))
  const title = (number: number) => group.arms.find((arm) => arm.number === number)?.title ?? ''
  return (
    <Table<Evidence>
      size="small"
      pagination={false}
      rowKey="number"
      dataSource={shown.arms}
      scroll={{ x: 820 }}
      columns={[
        {
          title: t('massTests.variant'),
          render: (_, { number, label }) => (
            <>
              <b>{label}</b> {title(number)}
            </>
          ),
        },
        {
          title: t('massTests.delivered'),
          width: 90,
          align: 'right',
          render: (_, { delivered }) => format.number(delivered),
        },
        {
          title: t('massTests.readers'),
          width: 90,
          align: 'right',
          render: (_, { readers }) => format.number(readers),
        },
        {
          title: t('massTests.rate'),
          width: 300,
          render: (_, { number, standing, rate, low, high }) =>
            rate === null || low === null || high === null ? (
              <span className="w-faint">{t(`massTests.standing.${standing}`)}</span>
            ) : (
              <>
                <RateBar rate={rate} low={low} high={high} most={most} ahead={number === shown.leader} />
                <span className="w-small">
                  <b>{format.percent(rate)}</b>{' '}
                  <span className="w-faint">
                    {t('massTests.interval', { low: format.percent(low), high: format.percent(high) })}
                  </span>
                </span>
              </>
            ),
        },
        {
          title: t('massTests.best'),
          width: 110,
          align: 'right',
          render: (_, { best }) => (best === null ? '—' : format.percent(best)),
        },
        {
          key: 'choose',
          width: 150,
          className: 'w-right w-nowrap',
          render: (_, { number, label }) => (
            <Choose broadcast={broadcast} experiment={experiment} number={number} label={label} />
          ),
        },
      ]}
    />
  )
}

/** 改选, until the rest goes. */
function Choose({
  broadcast,
  experiment,
  number,
  label,
}: Omit<Props, 'group'> & { number: number; label: string }) {
  const { t } = useTranslation()
  const maySend = useCan('broadcasts:send')
  const { choose, busy } = useChoice(broadcast, experiment.rest)
  const { chosen, canChoose, state } = experiment
  if (!canChoose) return chosen === number ? <b>{t('massTests.chosen')}</b> : null
  if (chosen === number && state !== 'asking')
    return (
      <Button type="link" size="small" disabled={!maySend} loading={busy} onClick={() => choose(null)}>
        {t('massTests.byFigures')}
      </Button>
    )
  return (
    <Popconfirm
      title={t('massTests.chooseTitle', { label })}
      description={t(state === 'testing' ? 'massTests.chooseLater' : 'massTests.chooseNow')}
      okText={t('massTests.choose')}
      onConfirm={() => choose(number)}
    >
      <Button type="link" size="small" disabled={!maySend} loading={busy}>
        {t('massTests.choose')}
      </Button>
    </Popconfirm>
  )
}
