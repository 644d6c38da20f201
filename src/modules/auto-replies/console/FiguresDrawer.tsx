import { Drawer, Table } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSandboxClock } from '../../../console/clock.ts'
import { everyDay } from '../../../console/every-day.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { barsOf } from '../../../console/ui/bars.ts'
import { DayRange } from '../../../console/ui/filters.tsx'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { type Sentence, useSentence } from '../../../console/ui/sentence.ts'
import { Loaded, LoadingState } from '../../../console/ui/states.tsx'
import { addBeijingDays, beijingDay } from '../../../kernel/beijing.ts'
import { REASONS } from '../../deliveries/schema.ts'
import { getReplyFiguresEndpoint, type ReplyFigures, type ReplyRule } from '../schema.ts'
import { KeywordTag } from './words.tsx'

const Chart = lazy(() => import('../../../console/ui/Chart.tsx'))
const DAYS = 29

/** How often a rule answered, by day and keyword, and what became of its replies. */
export function FiguresDrawer({
  rule,
  open,
  onClose,
}: {
  rule: ReplyRule
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <Drawer
      open={open}
      size={720}
      title={t('replies.figures.title', { name: rule.name })}
      destroyOnHidden
      onClose={onClose}
    >
      {open && <Figures rule={rule} />}
    </Drawer>
  )
}

function Figures({ rule }: { rule: ReplyRule }) {
  const accountId = useAccountId()
  const offset = useSandboxClock().data?.offsetSeconds ?? 0
  const today = beijingDay(new Date(Date.now() + offset * 1_000))
  const [chosen, setChosen] = useState<{ from?: string | undefined; to?: string | undefined }>({})
  const to = chosen.to ?? today
  const from = chosen.from ?? addBeijingDays(to, -DAYS)
  const query = useEndpoint(
    getReplyFiguresEndpoint,
    { params: { accountId, replyRuleId: rule.id }, query: { from, to } },
    { every: 15_000, keepPrevious: true },
  )
  return (
    <div className="w-stack">
      <div>
        <DayRange
          filters={{
            values: { from, to },
            change: (next) => setChosen((before) => ({ ...before, ...next })),
          }}
          max={today}
        />
      </div>
      <Loaded query={query} rows={4}>
        {(figures) => (
          <>
            <Sums figures={figures} />
            <Days figures={figures} from={from} to={to} />
            {rule.kind === 'keyword' && <Words rule={rule} figures={figures} />}
            <Replies figures={figures} />
          </>
        )}
      </Loaded>
    </div>
  )
}

function Sums({ figures: { days, people } }: { figures: ReplyFigures }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sum = (of: 'hits' | 'passive' | 'muted') => days.reduce((all, day) => all + day[of], 0)
  return (
    <StatRow>
      <NumberStat label={t('replies.figures.hits')} value={format.number(sum('hits'))} />
      <NumberStat
        label={t('replies.figures.passive')}
        hint={t('replies.figures.passiveHint')}
        value={format.number(sum('passive'))}
      />
      <NumberStat
        label={t('replies.figures.muted')}
        hint={t('replies.figures.mutedHint')}
        value={format.number(sum('muted'))}
      />
      <NumberStat
        label={t('replies.figures.people')}
        hint={t('replies.figures.peopleHint')}
        value={format.number(people)}
      />
    </StatRow>
  )
}

function Days({ figures: { days }, from, to }: { figures: ReplyFigures; from: string; to: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useMemo(() => {
    const all = everyDay(days, { from, to }, { hits: 0, passive: 0, muted: 0 })
    return barsOf({
      names: all.map(({ day }) => day.slice(5)),
      series: [{ name: t('replies.figures.hits'), values: all.map(({ hits }) => hits) }],
      tip: (place) => {
        const one = all[place]
        return one === undefined ? [] : [one.day, `${t('replies.figures.hits')} ${format.number(one.hits)}`]
      },
      format,
    })
  }, [days, from, to, t, format])
  return (
    <section>
      <h3 className="w-section-title">{t('replies.figures.byDay')}</h3>
      <Suspense fallback={<LoadingState rows={4} />}>
        <Chart option={option} label={t('replies.figures.byDay')} />
      </Suspense>
    </section>
  )
}

/** By the place that a keyword has now: one that was moved or changed counts for what stands there. */
function Words({ rule, figures }: { rule: ReplyRule; figures: ReplyFigures }) {
  const { t } = useTranslation()
  const format = useFormat()
  const hits = new Map(figures.keywords.map((one) => [one.keyword, one.hits]))
  return (
    <Table
      size="small"
      rowKey="index"
      pagination={false}
      dataSource={rule.keywords.map((keyword, index) => ({ keyword, index, hits: hits.get(index) ?? 0 }))}
      columns={[
        { title: t('replies.form.keywords'), render: (_, { keyword }) => <KeywordTag keyword={keyword} /> },
        {
          title: t('replies.figures.hits'),
          align: 'right',
          width: 120,
          render: (_, one) => format.number(one.hits),
        },
      ]}
    />
  )
}

function Replies({ figures: { replies } }: { figures: ReplyFigures }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  if (replies.length === 0) return null
  const states = t('campaigns.delivery', { returnObjects: true }) as Record<string, string>
  const why = (reason: string | null) => {
    const known = reason === null ? undefined : (REASONS as Record<string, Sentence>)[reason]
    return known === undefined ? (reason ?? '') : sentence(known, {})
  }
  return (
    <Table
      size="small"
      rowKey={({ state, reason }) => `${state} ${reason}`}
      pagination={false}
      dataSource={replies}
      columns={[
        {
          title: t('replies.figures.became'),
          render: (_, { state, reason }) => (
            <>
              {states[state] ?? state} <span className="w-soft">{why(reason)}</span>
            </>
          ),
        },
        {
          title: t('replies.figures.messages'),
          align: 'right',
          width: 120,
          render: (_, { n }) => format.number(n),
        },
      ]}
    />
  )
}
