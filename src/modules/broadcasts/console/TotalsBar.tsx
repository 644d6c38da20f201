import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import type { Totals } from '../schema.ts'
import './broadcasts.css'

/** How far a send is, in one line: delivered, with WeChat, failed and unknown among all that were planned. */
export function TotalsBar({ totals, moving }: { totals: Totals; moving: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { planned, delivered, submitted, unknown } = totals
  const failed = totals.failed + totals.platformFailed
  // `submitted` counts what WeChat has taken, whether or not its result is there
  const underWay = Math.max(0, submitted - delivered - totals.platformFailed)
  const width = (count: number) => ({ width: `${planned === 0 ? 0 : (count / planned) * 100}%` })
  const said = {
    done: format.number(submitted),
    delivered: format.number(delivered),
    planned: format.number(planned),
  }
  const text = moving
    ? t(submitted === 0 ? 'broadcasts.waitingPeople' : 'broadcasts.sentSoFar', said)
    : t('broadcasts.deliveredOf', said)
  return (
    <div aria-label={text}>
      <div className="w-totals-bar" aria-hidden="true">
        <span className="w-totals-delivered" style={width(delivered)} />
        <span className="w-totals-submitted" style={width(underWay)} />
        <span className="w-totals-failed" style={width(failed)} />
        <span className="w-totals-unknown" style={width(unknown)} />
      </div>
      <div className="w-small w-soft">
        {text}
        {!moving && underWay > 0 && (
          <> · {t('broadcasts.uncountedCount', { number: format.number(underWay) })}</>
        )}
        {failed > 0 && (
          <span style={{ color: 'var(--w-bad)' }}>
            {' '}
            · {t('broadcasts.failedCount', { number: format.number(failed) })}
          </span>
        )}
        {unknown > 0 && (
          <span style={{ color: 'var(--w-odd)' }}>
            {' '}
            · {t('broadcasts.unknownCount', { number: format.number(unknown) })}
          </span>
        )}
      </div>
    </div>
  )
}
