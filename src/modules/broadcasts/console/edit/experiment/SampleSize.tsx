import { InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../../console/format.ts'
import { sampleSizeFor } from '../../../rules/statistics.ts'

/** How many people a test group needs to show a difference of read rates. */
export function SampleSize() {
  const { t } = useTranslation()
  const format = useFormat()
  const [rate, setRate] = useState(5)
  const [other, setOther] = useState(6)
  const field = (value: number, label: string, onChange: (percent: number) => void) => (
    <InputNumber<number>
      size="small"
      min={0.1}
      max={99.9}
      precision={1}
      suffix="%"
      style={{ width: 96 }}
      aria-label={label}
      value={value}
      onChange={(percent) => percent !== null && onChange(percent)}
    />
  )
  return (
    <div className="w-row w-soft w-small" style={{ marginTop: 16 }}>
      {t('massTests.sizeFrom')}
      {field(rate, t('massTests.sizeRate'), setRate)}
      {t('massTests.sizeTo')}
      {field(other, t('massTests.sizeOther'), setOther)}
      <b>
        {rate === other
          ? t('massTests.sizeSame')
          : t('massTests.sizeNeeded', { number: format.number(sampleSizeFor(rate / 100, other / 100)) })}
      </b>
    </div>
  )
}
