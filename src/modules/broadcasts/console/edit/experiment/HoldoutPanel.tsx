import { Alert, InputNumber, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Draft } from '../draft.ts'

const MOST_PERCENT = 50
const FIRST = 500

/** 对照组: a share of the group that gets nothing, to see afterwards what the send brought. */
export function HoldoutPanel({
  draft: { holdout, path },
  onChange,
}: {
  draft: Draft
  onChange: (part: Partial<Draft>) => void
}) {
  const { t } = useTranslation()
  const exact = path === 'list'
  return (
    <section className="w-panel">
      <div className="w-row" style={{ alignItems: 'flex-start', flexWrap: 'nowrap' }}>
        <Switch
          style={{ marginTop: 2 }}
          checked={holdout > 0}
          disabled={!exact && holdout === 0}
          aria-label={t('massTests.holdout')}
          onChange={(on) => onChange({ holdout: on ? FIRST : 0 })}
        />
        <span>
          <b>{t('massTests.holdout')}</b>
          <div className="w-faint w-small">
            {t(exact ? 'massTests.holdoutHint' : 'errors.holdout_needs_list')}
          </div>
        </span>
      </div>
      {holdout > 0 && (
        <div className="w-row" style={{ marginTop: 12 }}>
          <InputNumber<number>
            min={0.01}
            max={MOST_PERCENT}
            precision={2}
            suffix="%"
            aria-label={t('massTests.holdoutShare')}
            value={holdout / 100}
            onChange={(percent) => percent !== null && onChange({ holdout: Math.round(percent * 100) })}
          />
          <span className="w-faint w-small">{t('massTests.holdoutMost', { share: MOST_PERCENT })}</span>
        </div>
      )}
      {holdout > 0 && !exact && (
        <Alert type="error" showIcon style={{ marginTop: 12 }} title={t('errors.holdout_needs_list')} />
      )}
    </section>
  )
}
