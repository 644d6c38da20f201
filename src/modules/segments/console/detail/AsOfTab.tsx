import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../console/clock.ts'
import { addBeijingDays, beijingDay, startOfDay } from '../../../../kernel/beijing.ts'
import type { Rule } from '../../schema/rule.ts'
import type { Segment } from '../../schema/segment.ts'
import { EstimatePanel } from '../estimate/EstimatePanel.tsx'
import { PeoplePanel } from '../estimate/PeoplePanel.tsx'
import { useEstimate } from '../estimate/use-estimate.ts'
import { type Chosen, WhyPanel } from '../estimate/WhyPanel.tsx'
import type { RuleNames } from '../words/names.ts'

const NIGHT_MS = 1

/** 回看: whom the rule would have found at the end of an earlier day, with what was known then. */
export function AsOfTab({ segment, rule, names }: { segment: Segment; rule: Rule; names: RuleNames }) {
  const { t } = useTranslation()
  const now = useBusinessNow()
  const today = beijingDay(new Date(now))
  const [day, setDay] = useState(() => addBeijingDays(today, -7))
  const [chosen, setChosen] = useState<Chosen | undefined>()
  const at =
    day >= today ? undefined : new Date(startOfDay(addBeijingDays(day, 1)).getTime() - NIGHT_MS).toISOString()
  const accountId = segment.accountId ?? undefined
  const asked = useEstimate(rule, accountId, at)
  return (
    <div className="w-stack">
      <section className="w-panel w-row">
        <span>{t('segments.asOfAsk')}</span>
        <DatePicker
          allowClear={false}
          value={dayjs(day)}
          maxDate={dayjs(today)}
          aria-label={t('segments.day')}
          onChange={(chosenDay) => chosenDay && setDay(chosenDay.format('YYYY-MM-DD'))}
        />
        <span className="w-faint w-small">{t('segments.asOfHint')}</span>
      </section>
      <div className="w-grid w-as-of">
        <EstimatePanel rule={rule} asked={asked} />
        <PeoplePanel rule={rule} accountId={accountId} at={at} ready={!asked.isAsking} onWhy={setChosen} />
        <WhyPanel rule={rule} at={at} names={names} ready chosen={chosen} onChoose={setChosen} />
      </div>
    </div>
  )
}
