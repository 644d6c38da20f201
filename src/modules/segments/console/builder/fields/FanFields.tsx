import { useTranslation } from 'react-i18next'
import type { Condition, FanTest } from '../../../schema/rule.ts'
import { blankFanTest } from '../../rule/blank.ts'
import { useBuilder } from '../context.ts'
import { AccountField, type FieldProps, Pick, Several, WindowField, Word, withAccount } from './parts.tsx'
import { TestField } from './TestField.tsx'

type Fan = Extract<Condition, { kind: 'fan' }>
const FACTS = [
  'follows',
  'followed',
  'unfollowed',
  'last_interaction',
  'window_open',
  'scene',
  'qr_scene',
] as const

/** 粉丝: what is known of a person as a fan of an account, or of any. */
export function FanFields({ value, onChange }: FieldProps<Fan>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  const { test } = value
  const change = (next: FanTest) => onChange({ ...value, test: next })
  return (
    <>
      <AccountField value={value.accountId} onChange={(id) => onChange(withAccount(value, id))} />
      <Pick<FanTest['fact']>
        label={t('segments.fanFact')}
        value={test.fact}
        options={FACTS.map((fact) => ({ value: fact, label: t(`segments.fact.${fact}`) }))}
        onChange={(fact) => change(blankFanTest(fact))}
      />
      {'window' in test && (
        <>
          <Word>{t('segments.tookPlace')}</Word>
          <WindowField value={test.window} onChange={(window) => change({ ...test, window })} />
        </>
      )}
      {test.fact === 'scene' && (
        <Several
          label={t('segments.values')}
          free
          value={test.values}
          options={catalogue.scenes}
          onChange={(values) => change({ ...test, values })}
        />
      )}
      {test.fact === 'qr_scene' && (
        <TestField type="text" value={test.test} onChange={(next) => change({ ...test, test: next })} />
      )}
    </>
  )
}
