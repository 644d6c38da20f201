import { QuestionCircleOutlined } from '@ant-design/icons'
import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Condition } from '../../../schema/rule.ts'
import { choiceOf, chosen } from '../../names/catalogue.ts'
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

const ALL = 'all'

/** 触达: reached by, left out of, clicked in or converted after a mass send, those of an activity, or one record of a send. Reading is never offered, and it says why. */
export function SendFields({ value, onChange }: FieldProps<Send>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  const choice = choiceOf(value.broadcast, value.activityId)
  const records = catalogue.recordOptions(value.broadcast, value.arm)
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
        options={(['received', 'left_out', 'clicked', 'converted'] as const).map((what) => ({
          value: what,
          label: t(`segments.what.${what}`),
        }))}
        onChange={choose}
      />
      <Pick<string>
        label={t('segments.chooseSend')}
        search
        value={choice}
        options={catalogue.sendOptions(choice)}
        onChange={(next) => {
          const { activityId: _activity, arm: _arm, ...rest } = value
          const { of, ...activity } = chosen(next)
          onChange({ ...rest, broadcast: of, ...activity })
        }}
      />
      {records.length > 0 && (
        <Pick<string>
          label={t('segments.chooseRecord')}
          value={value.arm === undefined ? ALL : String(value.arm)}
          options={[{ value: ALL, label: t('segments.allRecords') }, ...records]}
          onChange={(record) => {
            const { arm: _arm, ...rest } = value
            onChange(record === ALL ? rest : { ...rest, arm: Number(record) })
          }}
        />
      )}
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
