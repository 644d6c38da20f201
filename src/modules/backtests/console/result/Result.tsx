import { Alert, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useFilters } from '../../../../console/ui/filters.tsx'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import type { Backtest, BacktestResult, VariantResult } from '../../schema.ts'
import { SampleTag, useSampled, VariantWords } from '../words.tsx'
import { DayBars, HourBars } from './Charts.tsx'
import { Compared } from './Compared.tsx'
import { NotPlayed, OverCalls } from './Notes.tsx'
import { Overlap } from './Overlap.tsx'
import { People } from './People.tsx'
import { PerPerson, Reasons } from './Reasons.tsx'

/** Numbers first; then why, when, who, beside what else, and what was not played. */
export function Result({ backtest, result }: { backtest: Backtest; result: BacktestResult }) {
  const { t } = useTranslation()
  const format = useFormat()
  const filters = useFilters(['variant'])
  const [first, second] = result.variants
  const shown = filters.values.variant === '1' && second !== undefined ? 1 : 0
  const one = result.variants[shown]
  if (first === undefined || one === undefined) return null
  const { days, from, to, sample, variants } = backtest
  const [played] = variants
  return (
    <div className="w-stack" data-testid="backtest-result">
      <div>
        {second === undefined && played !== undefined && (
          <div>
            <VariantWords variant={played} />
          </div>
        )}
        <div className="w-soft w-small">
          {t('backtests.about', {
            days,
            from: format.instant(from),
            to: format.instant(to),
            people: format.number(result.read.people),
            acts: format.number(result.read.acts),
            seconds: (result.tookMs / 1_000).toFixed(1),
          })}
        </div>
      </div>
      {sample > 1 && <Alert type="warning" showIcon title={t('backtests.sampledNote', { number: sample })} />}
      {second !== undefined && <Compared backtest={backtest} result={result} />}
      {second !== undefined && (
        <div className="w-row">
          <span className="w-soft">{t('backtests.compared.shown')}</span>
          <Segmented<number>
            value={shown}
            onChange={(next) => filters.set('variant', next === 0 ? undefined : String(next))}
            options={[
              { value: 0, label: t('backtests.first') },
              { value: 1, label: t('backtests.second') },
            ]}
          />
        </div>
      )}
      <Numbers result={one} sample={sample} />
      <OverCalls days={one.overCalls} />
      <div className="w-backtest-pair">
        <Reasons result={one} sample={sample} />
        <PerPerson result={one} sample={sample} />
      </div>
      <section className="w-panel">
        <h2>
          {t('backtests.byDay')} <SampleTag sample={sample} />
        </h2>
        <div className="w-row w-soft w-small">
          <i className="w-backtest-key" /> {t('backtests.byDayReached')}
          <i className="w-backtest-key w-backtest-key-not" /> {t('backtests.byDayNot')}
        </div>
        <DayBars days={one.byDay} />
      </section>
      <section className="w-panel">
        <h2>
          {t('backtests.byHour')} <SampleTag sample={sample} />
        </h2>
        <HourBars hours={one.byHour} />
      </section>
      <Overlap result={one} sample={sample} />
      <People backtest={backtest} variant={shown} />
      <NotPlayed codes={result.unplayed} />
    </div>
  )
}

function Numbers({ result, sample }: { result: VariantResult; sample: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sampled = useSampled(sample)
  const { turns, reached, people } = result
  const missed = turns - reached
  const sub = (n: number, share?: string) => {
    const text = [share, sampled(n)].filter(Boolean).join(' · ')
    return text === '' ? {} : { sub: text }
  }
  const share = (n: number) => t('backtests.ofTurns', { share: format.percent(n / turns) })
  return (
    <StatRow>
      <NumberStat
        label={t('backtests.turns')}
        hint={t('backtests.turnsHint')}
        value={format.number(turns)}
        {...sub(turns)}
      />
      <NumberStat
        label={t('backtests.reached')}
        hint={t('backtests.reachedHint')}
        tone="good"
        value={format.number(reached)}
        {...sub(reached, share(reached))}
      />
      <NumberStat label={t('backtests.people')} value={format.number(people)} {...sub(people)} />
      <NumberStat
        label={t('backtests.notReached')}
        value={format.number(missed)}
        {...sub(missed, share(missed))}
      />
    </StatRow>
  )
}
