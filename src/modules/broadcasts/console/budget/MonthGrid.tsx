import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useAccountId } from '../../../../console/session.ts'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { beijingDay } from '../../../../kernel/beijing.ts'
import type { BudgetEntry, MassBudget } from '../../schema.ts'
import { OutsideChip } from '../outside/OutsideChip.tsx'
import { DayMeters } from './DayMeters.tsx'

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const MOST_CHIPS = 4

/** Which weekday a day is, Monday 0; a day has the same everywhere. */
const weekdayOf = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7

type Day = MassBudget['days'][number]

/** The month by weeks: what went and what waits on each day, and how full the day is. On a phone a list of its busy days. */
export function MonthGrid({ budget }: { budget: MassBudget }) {
  const { t } = useTranslation()
  const { days, today, limits, outside } = budget
  const outsideOn = (day: string) => outside.entries.filter(({ at }) => beijingDay(new Date(at)) === day)
  const isBusy = ({ day, entries, done, planned, moved }: Day) =>
    entries.length > 0 || outsideOn(day).length > 0 || done.calls > 0 || planned.calls > 0 || moved > 0
  return (
    <>
      <div className="w-month">
        {WEEKDAYS.map((day) => (
          <span key={day} className="w-month-head w-soft w-small">
            {t(`massBudget.weekdays.${day}`)}
          </span>
        ))}
        {days.map((day, index) => (
          <section
            key={day.day}
            aria-label={day.day}
            className={`w-month-day${day.day === today ? ' w-month-today' : ''}${day.day < today ? ' w-month-past' : ''}${isBusy(day) ? '' : ' w-month-idle'}`}
            data-weekday={index === 0 ? weekdayOf(day.day) : undefined}
          >
            <span className="w-month-number">
              {Number(day.day.slice(8))}
              <span className="w-month-weekday w-soft">
                {t(`massBudget.weekdays.${WEEKDAYS[weekdayOf(day.day)] ?? 'mon'}`)}
              </span>
            </span>
            {outsideOn(day.day).map((entry) => (
              <OutsideChip key={`outside-${entry.id}`} entry={entry} />
            ))}
            <Entries entries={day.entries} />
            {isBusy(day) && <DayMeters load={day} limits={limits} />}
          </section>
        ))}
      </div>
      {!days.some(isBusy) && (
        <EmptyState compact title={t('massBudget.emptyMonth')} hint={t('massBudget.emptyMonthHint')} />
      )}
    </>
  )
}

/** A day's sends; a full day's others are one tap away. */
function Entries({ entries }: { entries: readonly BudgetEntry[] }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const hidden = entries.length - MOST_CHIPS
  return (
    <>
      {entries.slice(0, open ? undefined : MOST_CHIPS).map((entry) => (
        <Chip key={`${entry.kind}-${entry.broadcastId}-${entry.arm}`} entry={entry} />
      ))}
      {hidden > 0 && (
        <Button type="link" size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('massBudget.fewer') : t('massBudget.more', { number: hidden })}
        </Button>
      )}
    </>
  )
}

function Chip({ entry }: { entry: BudgetEntry }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const { kind, broadcastId, name, groupName, at, isEstimate } = entry
  const people = isEstimate
    ? t('massBudget.estimate', { people: format.number(entry.people) })
    : format.number(entry.people)
  const title = name === groupName ? name : `${name} · ${groupName}`
  const said = t('massBudget.entry', {
    at: format.instant(at).slice(11),
    state: t(`massBudget.${kind}`, { people }),
    calls: format.number(entry.calls),
  })
  return (
    <Tooltip
      title={
        <>
          {title}
          <br />
          {said}
        </>
      }
    >
      <Link className={`w-chip w-chip-${kind}`} to={`/accounts/${accountId}/broadcasts/${broadcastId}`}>
        <span>{format.instant(at).slice(11)}</span> {title}
        <small>{isEstimate ? `≈ ${format.compact(entry.people)}` : format.compact(entry.people)}</small>
      </Link>
    </Tooltip>
  )
}
