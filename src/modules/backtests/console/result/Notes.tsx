import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { BacktestResult, VariantResult } from '../../schema.ts'

const SHOWN = 10

/** Days that would have needed more calls than WeChat allows. */
export function OverCalls({ days }: { days: VariantResult['overCalls'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (days.length === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t('backtests.overCalls.title', { count: days.length })}
      description={
        <>
          {days.slice(0, SHOWN).map(({ day, calls, limit }) => (
            <div key={day}>
              {t('backtests.overCalls.day', {
                day,
                calls: format.number(calls),
                limit: format.number(limit),
              })}
            </div>
          ))}
          {days.length > SHOWN && <div>…</div>}
          <div className="w-soft">{t('backtests.overCalls.hint')}</div>
        </>
      }
    />
  )
}

/** What life would have added, said in words. */
export function NotPlayed({ codes }: { codes: BacktestResult['unplayed'] }) {
  const { t } = useTranslation()
  if (codes.length === 0) return null
  return (
    <section className="w-panel">
      <h2>{t('backtests.unplayed.title')}</h2>
      <ul className="w-backtest-notes">
        {codes.map((code) => (
          <li key={code}>{t(`backtests.unplayed.codes.${code}`)}</li>
        ))}
      </ul>
      <p className="w-faint w-small" style={{ marginBottom: 0 }}>
        {t('backtests.unplayed.hint')}
      </p>
    </section>
  )
}
