import { Alert, Checkbox, InputNumber, Radio } from 'antd'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import { addBeijingDays, beijingDay } from '../../../../kernel/beijing.ts'
import {
  degenerate,
  exampleOf,
  isInRange,
  MAX_MINUTES,
  MIN_MINUTES,
  type RecallReading,
} from '../../schema.ts'
import type { FieldProps } from './draft.ts'

const READINGS = [
  { reading: 'before-end', head: 'recalls.form.beforeEnd', tail: 'recalls.form.beforeEndTail' },
  { reading: 'after-silence', head: 'recalls.form.afterSilence', tail: 'recalls.form.afterSilenceTail' },
] as const

/** C2: both readings as sentences with the number in them, and what it means for an act of today. */
export function TimeFields({ draft, change }: FieldProps) {
  const { t } = useTranslation()
  const { minutes, reading, acceptDegenerate } = draft
  const valid = minutes !== null && isInRange({ minutes, reading })
  const end = minutes === null ? null : degenerate({ minutes, reading })
  return (
    <section className="w-panel">
      <h2>{t('recalls.form.time')}</h2>
      <Radio.Group
        className="w-recall-readings"
        value={reading}
        onChange={(event) =>
          change({ reading: event.target.value as RecallReading, acceptDegenerate: false })
        }
      >
        {READINGS.map((one) => (
          <Radio key={one.reading} value={one.reading}>
            {t(one.head)}{' '}
            <InputNumber<number>
              aria-label={`${t(one.head)} ${t('recalls.form.minutes')} ${t(one.tail)}`}
              precision={0}
              disabled={one.reading !== reading}
              value={one.reading === reading ? minutes : null}
              status={valid ? '' : 'error'}
              onChange={(next) => change({ minutes: next, acceptDegenerate: false })}
            />{' '}
            {t(one.tail)}
          </Radio>
        ))}
      </Radio.Group>
      {valid ? (
        <Example minutes={minutes} reading={reading} />
      ) : (
        <p className="w-recall-wrong">{t('recalls.form.range', { from: MIN_MINUTES, to: MAX_MINUTES })}</p>
      )}
      {end !== null && (
        <Alert
          type="warning"
          showIcon
          title={t(end === 'recall_at_once' ? 'recalls.form.at_once' : 'recalls.form.too_late')}
          description={
            <Checkbox
              checked={acceptDegenerate}
              onChange={(event) => change({ acceptDegenerate: event.target.checked })}
            >
              {t('recalls.form.accept')}
            </Checkbox>
          }
        />
      )}
    </section>
  )
}

const MORNING = 'T09:00:00+08:00'

function Example({ minutes, reading }: { minutes: number; reading: RecallReading }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  // a morning that is still to come would be no example of somebody who has written
  const today = beijingDay(new Date(now))
  const morning = new Date(`${today}${MORNING}`)
  const act = morning.getTime() <= now ? morning : new Date(`${addBeijingDays(today, -1)}${MORNING}`)
  const { moment, end } = exampleOf({ minutes, reading }, act)
  return (
    <p className="w-soft" data-testid="recall-example">
      {t('recalls.form.example', {
        act: format.instant(act),
        moment: format.instant(moment),
        end: format.instant(end),
      })}
    </p>
  )
}
