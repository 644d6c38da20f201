import { useTranslation } from 'react-i18next'
import type { Condition, EventMeasure } from '../../../schema/rule.ts'
import { isNever } from '../../words/rule-in-words.ts'
import { Comma, EventField, useProperties } from './EventField.tsx'
import { CompareField, DurationField, type FieldProps, Pick, WindowField, Word } from './parts.tsx'

type Of<K extends Condition['kind']> = Extract<Condition, { kind: K }>
const MEASURES = ['count', 'sum', 'average', 'smallest', 'largest', 'distinct', 'days'] as const

/** 做过 or 没做过, so often or so much. */
export function BehaviourFields({ value, onChange }: FieldProps<Of<'behaviour'>>) {
  const { t } = useTranslation()
  const never = value.measure.of === 'count' && isNever(value.compare)
  const choose = (did: 'did' | 'didNot') =>
    onChange({
      ...value,
      measure: did === 'didNot' ? { of: 'count' } : value.measure,
      compare: did === 'didNot' ? { op: 'eq', value: 0 } : { op: 'gte', value: 1 },
    })
  return (
    <>
      <WindowField value={value.window} onChange={(window) => onChange({ ...value, window })} />
      <Pick<'did' | 'didNot'>
        label={t('segments.didLabel')}
        value={never ? 'didNot' : 'did'}
        onChange={choose}
        options={[
          { value: 'did', label: t('segments.did') },
          { value: 'didNot', label: t('segments.didNot') },
        ]}
      />
      <EventField value={value} onChange={onChange} />
      {!never && <Amount value={value} onChange={onChange} />}
    </>
  )
}

function Amount({ value, onChange }: FieldProps<Of<'behaviour'>>) {
  const { t } = useTranslation()
  const { measure } = value
  const change = (of: EventMeasure['of']) => {
    const property = 'property' in measure ? measure.property : ''
    onChange({ ...value, measure: of === 'count' || of === 'days' ? { of } : { of, property } })
  }
  return (
    <>
      <Comma />
      <Pick<EventMeasure['of']>
        label={t('segments.measure')}
        value={measure.of}
        onChange={change}
        options={MEASURES.map((of) => ({ value: of, label: t(`segmentWords.measure.${of}`) }))}
      />
      {'property' in measure && (
        <MeasuredProperty
          event={value.event}
          of={measure.of}
          value={measure.property}
          onChange={(property) => onChange({ ...value, measure: { ...measure, property } })}
        />
      )}
      <CompareField value={value.compare} onChange={(compare) => onChange({ ...value, compare })} />
      {!('property' in measure) && <Word>{t(`segments.unitOf.${measure.of}`)}</Word>}
    </>
  )
}

/** Sums need numbers; anything can be counted apart. */
function MeasuredProperty({
  event,
  of,
  value,
  onChange,
}: FieldProps<string> & { event: string; of: string }) {
  const { t } = useTranslation()
  const { data } = useProperties(event)
  const known = (data?.items ?? [])
    .filter(({ type, types }) => of === 'distinct' || type === 'number' || types.number !== undefined)
    .map(({ name, displayName }) => ({ value: name, label: displayName ?? name }))
  const options =
    value === '' || known.some((one) => one.value === value) ? known : [...known, { value, label: value }]
  return (
    <Pick<string>
      label={t('segments.chooseProperty')}
      search
      value={value}
      options={options}
      onChange={onChange}
    />
  )
}

/** 首次 or 最近一次. */
export function OccurrenceFields({ value, onChange }: FieldProps<Of<'occurrence'>>) {
  const { t } = useTranslation()
  return (
    <>
      <Pick<'first' | 'last'>
        label={t('segments.which')}
        value={value.which}
        onChange={(which) => onChange({ ...value, which })}
        options={(['first', 'last'] as const).map((which) => ({
          value: which,
          label: t(`segments.${which}`),
        }))}
      />
      <EventField value={value} onChange={onChange} />
      <Word>{t('segments.tookPlace')}</Word>
      <WindowField value={value.window} onChange={(window) => onChange({ ...value, window })} />
    </>
  )
}

/** 先做 A, 再做 or 没做 B. */
export function SequenceFields({ value, onChange }: FieldProps<Of<'sequence'>>) {
  const { t } = useTranslation()
  return (
    <>
      <WindowField value={value.window} onChange={(window) => onChange({ ...value, window })} />
      <Word>{t('segments.did')}</Word>
      <EventField value={value.first} onChange={(first) => onChange({ ...value, first })} />
      <Word>{t('segments.thenWithin')}</Word>
      <DurationField value={value.within} onChange={(within) => onChange({ ...value, within })} />
      <Word>{t('segments.within')}</Word>
      <Pick<'did' | 'didNot'>
        label={t('segments.didLabel')}
        value={value.happened ? 'did' : 'didNot'}
        onChange={(did) => onChange({ ...value, happened: did === 'did' })}
        options={[
          { value: 'did', label: t('segments.didAgain') },
          { value: 'didNot', label: t('segments.didNot') },
        ]}
      />
      <EventField value={value.second} onChange={(second) => onChange({ ...value, second })} />
    </>
  )
}
