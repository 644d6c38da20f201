import { Button, InputNumber } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { type AccountDetail, accountLimits, getAccountEndpoint, updateLimitsEndpoint } from '../schema.ts'
import './accounts.css'

type Limits = AccountDetail['limits']
const NAMES = Object.keys(accountLimits.shape) as (keyof Limits)[]

/** The platform's limits; some are raised by agreement with WeChat, so each can be adjusted. */
export function LimitsPanel({ account }: { account: AccountDetail }) {
  const { t } = useTranslation()
  const mayManage = useCan('accounts:manage') && account.state !== 'archived'
  const [limits, setLimits] = useState<Limits>(account.limits)
  useEffect(() => setLimits(account.limits), [account.limits])
  const save = useEndpointMutation(updateLimitsEndpoint, {
    invalidates: [getAccountEndpoint],
    success: t('common.saved'),
  })
  const changed = NAMES.some((name) => limits[name] !== account.limits[name])
  return (
    <section className="w-panel">
      <h2>{t('accounts.limitsTitle')}</h2>
      <p className="w-soft" style={{ marginTop: 0 }}>
        {t('accounts.limitsHint')}
      </p>
      {NAMES.map((name) => (
        <LimitRow
          key={name}
          name={name}
          value={limits[name]}
          standard={account.defaultLimits[name]}
          editable={mayManage}
          onChange={(value) => setLimits({ ...limits, [name]: value })}
        />
      ))}
      {changed && (
        <div className="w-row" style={{ marginTop: 14 }}>
          <Button
            type="primary"
            loading={save.isPending}
            onClick={() => save.mutate({ params: { accountId: account.id }, body: limits })}
          >
            {t('common.save')}
          </Button>
          <Button onClick={() => setLimits(account.limits)}>{t('common.cancel')}</Button>
        </div>
      )}
    </section>
  )
}

type RowProps = {
  name: keyof Limits
  value: number | null
  standard: number | null
  editable: boolean
  onChange: (value: number | null) => void
}

function LimitRow({ name, value, standard, editable, onChange }: RowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const show = (limit: number | null) => (limit === null ? t('accounts.noLimit') : format.number(limit))
  return (
    <div className="w-limit-row">
      <span>{t(`accounts.limit.${name}`)}</span>
      {editable ? (
        <InputNumber<number>
          value={value}
          min={0}
          precision={0}
          style={{ width: '100%' }}
          placeholder={t('accounts.noLimit')}
          // only a limit that the platform doesn't set may be left empty
          onChange={(next) => (next !== null || standard === null) && onChange(next)}
        />
      ) : (
        <b>{show(value)}</b>
      )}
      <span className="w-faint w-small">{t('accounts.platformLimit', { limit: show(standard) })}</span>
    </div>
  )
}
