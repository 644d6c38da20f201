import { InputNumber, Radio, Select, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { LONGEST_LIFE_SECONDS, SHORTEST_LIFE_SECONDS } from '../../../wechat/rules/scene-limits.ts'
import type { CodeLife } from '../schema.ts'

export type Life = { life: CodeLife; lifeSeconds: number | null }
const UNITS = { day: 86_400, hour: 3_600, minute: 60 } as const
type Unit = keyof typeof UNITS
const unitOf = (seconds: number): Unit =>
  seconds % UNITS.day === 0 ? 'day' : seconds % UNITS.hour === 0 ? 'hour' : 'minute'

/** 有效期: permanent ones are few and for good, temporary ones live 30 days at most. */
export function LifeField({
  value = { life: 'permanent', lifeSeconds: null },
  onChange,
  withKnown = false,
  permanentLeft,
}: {
  value?: Life
  onChange?: (value: Life) => void
  withKnown?: boolean
  permanentLeft: number
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const kinds: CodeLife[] = withKnown ? ['permanent', 'temporary', 'known'] : ['permanent', 'temporary']
  return (
    <>
      <Radio.Group
        value={value.life}
        onChange={(event) => {
          const life = event.target.value as CodeLife
          onChange?.({ life, lifeSeconds: life === 'temporary' ? LONGEST_LIFE_SECONDS : null })
        }}
        options={kinds.map((life) => ({ value: life, label: t(`qrCodes.life.${life}`) }))}
      />
      {value.lifeSeconds !== null && (
        <Length
          seconds={value.lifeSeconds}
          onChange={(lifeSeconds) => onChange?.({ ...value, lifeSeconds })}
        />
      )}
      <div className="w-faint" style={{ marginTop: 4 }}>
        {t(`qrCodes.lifeHint.${value.life}`, { left: format.number(permanentLeft) })}
      </div>
    </>
  )
}

function Length({ seconds, onChange }: { seconds: number; onChange: (seconds: number) => void }) {
  const { t } = useTranslation()
  const unit = unitOf(seconds)
  const inBounds = (length: number) => Math.min(LONGEST_LIFE_SECONDS, Math.max(SHORTEST_LIFE_SECONDS, length))
  return (
    <div style={{ marginTop: 8 }}>
      <Space.Compact>
        <InputNumber<number>
          min={1}
          max={LONGEST_LIFE_SECONDS / UNITS[unit]}
          precision={0}
          style={{ width: 90 }}
          aria-label={t('qrCodes.lifeLength')}
          value={seconds / UNITS[unit]}
          onChange={(amount) => amount !== null && onChange(inBounds(amount * UNITS[unit]))}
        />
        <Select<Unit>
          style={{ width: 96 }}
          aria-label={t('segments.unit')}
          value={unit}
          onChange={(next) => onChange(inBounds((seconds / UNITS[unit]) * UNITS[next]))}
          options={(['day', 'hour', 'minute'] as const).map((one) => ({
            value: one,
            label: t(`segmentWords.unit.${one}`),
          }))}
        />
      </Space.Compact>
    </div>
  )
}
