import { InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../../console/format.ts'
import { missingPolicy, type TestPlan } from '../../../schema.ts'

const THRESHOLDS = [0.8, 0.9, 0.95, 0.99] as const
const BEST = 'best'

/** What is done when the better one can't be told, and when the figures don't come. */
export function Policies<T extends Pick<TestPlan, 'unsure' | 'missing'>>({
  test: { unsure, missing },
  onChange,
}: {
  test: T
  onChange: (part: Pick<T, 'unsure'> | Pick<T, 'missing'>) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="w-stack" style={{ gap: 12 }}>
      <p className="w-soft" style={{ margin: 0 }}>
        {t('massTests.restHint')}
      </p>
      <div className="w-row">
        <span style={{ minWidth: 220 }}>{t('massTests.unsure')}</span>
        <Select<number | typeof BEST>
          style={{ minWidth: 320 }}
          aria-label={t('massTests.unsure')}
          value={unsure === null || unsure.do === 'best' ? BEST : unsure.below}
          onChange={(value) => onChange({ unsure: value === BEST ? null : { below: value, do: 'ask' } })}
          options={[
            { value: BEST, label: t('massTests.unsureBest') },
            ...THRESHOLDS.map((value) => ({
              value,
              label: t('massTests.unsureAsk', { share: format.percent(value) }),
            })),
          ]}
        />
      </div>
      <div className="w-row">
        <span style={{ minWidth: 220 }}>{t('massTests.missing')}</span>
        <InputNumber<number>
          min={1}
          max={72}
          precision={0}
          style={{ width: 130 }}
          suffix={t('massTests.hours')}
          aria-label={t('massTests.missingHours')}
          value={missing.afterHours}
          onChange={(afterHours) => afterHours !== null && onChange({ missing: { ...missing, afterHours } })}
        />
        <Select
          style={{ minWidth: 220 }}
          aria-label={t('massTests.missing')}
          value={missing.do}
          onChange={(then: TestPlan['missing']['do']) => onChange({ missing: { ...missing, do: then } })}
          options={missingPolicy.shape.do.options.map((value) => ({
            value,
            label: t(`massTests.missingDo.${value}`),
          }))}
        />
      </div>
    </div>
  )
}
