import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { BeijingTime } from '../../../../console/ui/BeijingTime.tsx'
import { type MissedPolicy, missedPolicy, type Timing } from '../../schema.ts'
import type { Draft, Form } from './draft.ts'
import { TestTimes } from './experiment/TestTimes.tsx'

/** 立即、统一定时 or 分组定时. Every complete choice is saved at once, because pre-flight below is of what is saved. */
export function TimesPanel({
  form,
  busy,
  onChange,
}: {
  form: Form
  busy: boolean
  onChange: (form: Form) => void
}) {
  const { t } = useTranslation()
  const { groups, timing, at } = form
  const several = groups.length > 1
  const change = (place: number, part: Partial<Draft>) =>
    onChange({ ...form, groups: groups.map((group, one) => (one === place ? { ...group, ...part } : group)) })
  return (
    <section className="w-panel">
      <h2>{t('massGroups.times')}</h2>
      <Segmented<Timing['kind']>
        value={timing}
        disabled={busy}
        onChange={(kind) => onChange({ ...form, timing: kind })}
        options={(['now', 'at', ...(several ? (['each'] as const) : [])] as const).map((kind) => ({
          value: kind,
          label: t(`massGroups.timing.${kind}`),
        }))}
      />
      {timing === 'at' && (
        <div className="w-row" style={{ marginTop: 12 }}>
          <BeijingTime
            value={at}
            disabled={busy}
            label={t('massGroups.sendAt')}
            onChange={(value) => onChange({ ...form, at: value })}
          />
          <span className="w-faint w-small">{t('massGroups.beijing')}</span>
        </div>
      )}
      {timing === 'each' &&
        groups.map((group, place) => (
          <div key={group.key} className="w-row" style={{ marginTop: 12 }}>
            <span style={{ minWidth: 160 }}>
              {place + 1}. {group.name}
            </span>
            {group.test === null && (
              <BeijingTime
                clearable
                value={group.sendAt}
                disabled={busy}
                label={t('massGroups.sendAtOf', { name: group.name })}
                placeholder={t('massGroups.timing.now')}
                onChange={(sendAt) => change(place, { sendAt })}
              />
            )}
            {(group.test !== null || group.sendAt !== null) && (
              <Policy
                label={t('massGroups.missedOf', { name: group.name })}
                value={group.missed}
                disabled={busy}
                onChange={(missed) => change(place, { missed })}
              />
            )}
          </div>
        ))}
      <TestTimes groups={groups} />
      {(timing === 'at' || (timing === 'now' && groups.some(({ test }) => test !== null))) && (
        <div className="w-row" style={{ marginTop: 12 }}>
          <span>{t('massGroups.missed')}</span>
          <Policy
            label={t('massGroups.missed')}
            value={groups[0]?.missed ?? 'ask'}
            disabled={busy}
            onChange={(missed) =>
              onChange({ ...form, groups: groups.map((group) => ({ ...group, missed })) })
            }
          />
        </div>
      )}
      {timing === 'each' && (
        <p className="w-faint w-small" style={{ margin: '10px 0 0' }}>
          {t('massGroups.eachHint')}
        </p>
      )}
    </section>
  )
}

/** What becomes of a time that passed while nothing ran. */
function Policy({
  label,
  value,
  disabled,
  onChange,
}: {
  label: string
  value: MissedPolicy
  disabled: boolean
  onChange: (missed: MissedPolicy) => void
}) {
  const { t } = useTranslation()
  return (
    <Select<MissedPolicy>
      style={{ minWidth: 180 }}
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={onChange}
      options={missedPolicy.options.map((one) => ({ value: one, label: t(`massGroups.policy.${one}`) }))}
    />
  )
}
