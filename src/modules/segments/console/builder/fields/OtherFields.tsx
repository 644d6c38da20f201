import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Condition } from '../../../schema/rule.ts'
import { useBuilder } from '../context.ts'
import { type FieldProps, Pick, Word } from './parts.tsx'

type Of<K extends Condition['kind']> = Extract<Condition, { kind: K }>
const KINDS = ['phone', 'user', 'external_user', 'unionid', 'fan', 'anonymous'] as const

/** 标识: that a person has one of a kind. */
export function IdentityFields({ value, onChange }: FieldProps<Of<'identity'>>) {
  const { t } = useTranslation()
  return (
    <>
      <Word>{t('segments.has')}</Word>
      <Pick<Of<'identity'>['has']>
        label={t('segments.add.identity')}
        value={value.has}
        options={KINDS.map((kind) => ({ value: kind, label: t(`segmentWords.identityKind.${kind}`) }))}
        onChange={(has) => onChange({ ...value, has })}
      />
    </>
  )
}

/** 分群: members of another segment. */
export function SegmentFields({ value, onChange }: FieldProps<Of<'segment'>>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  return (
    <>
      <Word>{t('segments.inSegment')}</Word>
      <Pick<string>
        label={t('segments.chooseSegment')}
        search
        value={value.segmentId}
        options={catalogue.segmentOptions(value.segmentId)}
        onChange={(segmentId) => onChange({ ...value, segmentId })}
      />
      {value.segmentId !== '' && (
        <Link to={`/segments/${value.segmentId}`} target="_blank" rel="noreferrer">
          {t('segments.openIt')}
        </Link>
      )}
    </>
  )
}
