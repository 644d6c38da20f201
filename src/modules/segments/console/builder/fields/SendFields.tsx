import { QuestionCircleOutlined } from '@ant-design/icons'
import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Condition } from '../../../schema/rule.ts'
import { useBuilder } from '../context.ts'
import { EventField } from './EventField.tsx'
import {
  AccountField,
  DurationField,
  type FieldProps,
  Pick,
  WindowField,
  Word,
  withAccount,
} from './parts.tsx'

type Send = Extract<Condition, { kind: 'send' }>
const GOAL: NonNullable<Send['goal']> = { event: '', where: [], within: { amount: 3, unit: 'day' } }

/** 触达: reached by, clicked in or converted after a mass send. Reading is never offered, and it says why. */
export function SendFields({ value, onChange }: FieldProps<Send>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  const choose = (what: Send['what']) => {
    const { goal, ...rest } = value
    onChange(what === 'converted' ? { ...rest, what, goal: goal ?? GOAL } : { ...rest, what })
  }
  return (
    <>
      <WindowField value={value.window} onChange={(window) => onChange({ ...value, window })} />
      <Pick<Send['what']>
        label={t('segments.sendWhat')}
        value={value.what}
        options={(['received', 'clicked', 'converted'] as const).map((what) => ({
          value: what,
          label: t(`segments.what.${what}`),
        }))}
        onChange={choose}
      />
      <Pick<string>
        label={t('segments.chooseSend')}
        search
        value={value.broadcast}
        options={catalogue.sendOptions(value.broadcast)}
        onChange={(broadcast) => onChange({ ...value, broadcast })}
      />
      {(value.broadcast === 'any' || value.broadcast === 'last') && (
        <AccountField value={value.accountId} onChange={(id) => onChange(withAccount(value, id))} />
      )}
      {value.what === 'clicked' && <Word>{t('segments.itsLinks')}</Word>}
      {value.goal !== undefined && (
        <Goal value={value.goal} onChange={(goal) => onChange({ ...value, goal })} />
      )}
      <Tooltip title={t('segments.neverRead')}>
        <QuestionCircleOutlined className="w-faint" aria-label={t('segments.neverRead')} />
      </Tooltip>
    </>
  )
}

function Goal({ value, onChange }: FieldProps<NonNullable<Send['goal']>>) {
  const { t } = useTranslation()
  return (
    <>
      <Word>{t('segments.afterwards')}</Word>
      <DurationField value={value.within} onChange={(within) => onChange({ ...value, within })} />
      <Word>
        {t('segments.within')} {t('segments.did')}
      </Word>
      <EventField value={value} onChange={onChange} />
    </>
  )
}
