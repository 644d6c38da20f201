import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useSandboxClock } from '../../../console/clock.ts'
import { everyDay } from '../../../console/every-day.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { barsOf } from '../../../console/ui/bars.ts'
import { DayRange, FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { Loaded, LoadingState } from '../../../console/ui/states.tsx'
import { addBeijingDays, beijingDay } from '../../../kernel/beijing.ts'
import { type CodeDay, codeFiguresEndpoint, type QrCode } from '../schema.ts'
import { Conversions } from './Conversions.tsx'

const Chart = lazy(() => import('../../../console/ui/Chart.tsx'))
const DAYS = 29

/** What a code has come to, and day by day. */
export function FiguresTab({ code }: { code: QrCode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const offset = useSandboxClock().data?.offsetSeconds ?? 0
  const filters = useFilters(['from', 'to'])
  const today = beijingDay(new Date(Date.now() + offset * 1_000))
  const to = filters.values.to ?? today
  const from = filters.values.from ?? addBeijingDays(to, -DAYS)
  const { accountId, id: qrCodeId, figures } = code
  const query = useEndpoint(
    codeFiguresEndpoint,
    { params: { accountId, qrCodeId }, query: { from, to } },
    { every: 15_000, keepPrevious: true },
  )
  return (
    <div className="w-stack">
      <StatRow>
        <NumberStat
          label={t('qrCodes.scans')}
          value={format.number(figures.scans)}
          sub={t('qrCodes.ofPeople', { number: format.number(figures.people) })}
        />
        <NumberStat
          label={t('qrCodes.newFollows')}
          hint={t('qrCodes.newHint')}
          value={format.number(figures.newFollows)}
        />
        <NumberStat
          label={t('qrCodes.backFollows')}
          hint={t('qrCodes.backHint')}
          value={format.number(figures.backFollows)}
        />
        <NumberStat
          label={t('qrCodes.stillFollowing')}
          hint={t('qrCodes.stillHint')}
          value={format.number(figures.stillFollowing)}
        />
      </StatRow>
      <FilterBar>
        <DayRange filters={{ values: { from, to }, change: filters.change }} max={today} />
      </FilterBar>
      <Loaded query={query} rows={4}>
        {({ days }) => <Days days={days} from={from} to={to} />}
      </Loaded>
      <Conversions code={code} />
    </div>
  )
}

function Days({ days, from, to }: { days: readonly CodeDay[]; from: string; to: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useMemo(() => {
    const all = everyDay(days, { from, to }, { scans: 0, newFollows: 0, backFollows: 0 })
    const fansOf = (one: CodeDay) => one.scans - one.newFollows - one.backFollows
    return barsOf({
      names: all.map(({ day }) => day.slice(5)),
      series: [
        { name: t('qrCodes.fanScans'), values: all.map(fansOf) },
        { name: t('qrCodes.newFollows'), values: all.map((one) => one.newFollows) },
        { name: t('qrCodes.backFollows'), values: all.map((one) => one.backFollows) },
      ],
      tip: (place) => {
        const one = all[place]
        if (one === undefined) return []
        return [
          one.day,
          `${t('qrCodes.scans')} ${format.number(one.scans)}`,
          `${t('qrCodes.newFollows')} ${format.number(one.newFollows)}`,
          `${t('qrCodes.backFollows')} ${format.number(one.backFollows)}`,
        ]
      },
      format,
    })
  }, [days, from, to, t, format])
  return (
    <section>
      <div className="w-row">
        <h3 className="w-section-title">{t('qrCodes.byDay')}</h3>
        {MARKS.map(({ name, colour }) => (
          <span key={name} className="w-soft w-small">
            <span aria-hidden="true" style={{ color: `var(--w-${colour})` }}>
              ■
            </span>{' '}
            {t(`qrCodes.${name}`)}
          </span>
        ))}
      </div>
      <Suspense fallback={<LoadingState rows={4} />}>
        <Chart option={option} label={t('qrCodes.byDay')} />
      </Suspense>
    </section>
  )
}

/** What the colours mean, in the order of the bars. */
const MARKS = [
  { name: 'fanScans', colour: 'accent' },
  { name: 'newFollows', colour: 'good' },
  { name: 'backFollows', colour: 'warn' },
] as const
