import { useTranslation } from 'react-i18next'
import type { Condition, TagRef } from '../../../schema/rule.ts'
import { useBuilder } from '../context.ts'
import { type FieldProps, Pick, Several } from './parts.tsx'

type Tag = Extract<Condition, { kind: 'tag' }>

/** 标签: own ones and those at WeChat, any, all or none of them. */
export function TagFields({ value, onChange }: FieldProps<Tag>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  return (
    <>
      <Pick<Tag['match']>
        label={t('segments.compare')}
        value={value.match}
        onChange={(match) => onChange({ ...value, match })}
        options={(['any', 'all', 'none'] as const).map((match) => ({
          value: match,
          label: t(`segments.tag.${match}`),
        }))}
      />
      <Several
        label={t('segments.chooseTags')}
        value={value.tags.map(tagKey)}
        options={catalogue.tagOptions(value.tags)}
        onChange={(keys) => onChange({ ...value, tags: keys.flatMap((key) => tagOf(key) ?? []) })}
      />
    </>
  )
}

export const tagKey = (tag: TagRef): string =>
  tag.of === 'own' ? `own:${tag.tagId}` : `wechat:${tag.accountId}:${tag.tagId}`

function tagOf(key: string): TagRef | undefined {
  const [of, first = '', second = ''] = key.split(':')
  if (of === 'own') return { of, tagId: first }
  return of === 'wechat' ? { of, accountId: first, tagId: Number(second) } : undefined
}
