import { Form, Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId } from '../../../../console/session.ts'
import { useWechatTags } from '../../../../console/wechat-tags.ts'
import type { TagRef } from '../../../segments/schema.ts'
import { useOwnTags } from '../../../tags/console/index.ts'
import type { FieldProps } from './draft.ts'

const keyOf = (tag: TagRef) =>
  tag.of === 'own' ? `own:${tag.tagId}` : `wechat:${tag.accountId}:${tag.tagId}`

function tagOf(key: string): TagRef {
  const [of, first = '', second = ''] = key.split(':')
  return of === 'own'
    ? { of: 'own', tagId: first }
    : { of: 'wechat', accountId: first, tagId: Number(second) }
}

/** C3: any of these, and none of those. */
export function TagFields({ draft, change }: FieldProps) {
  const { t } = useTranslation()
  return (
    <section className="w-panel">
      <h2>{t('recalls.form.scope')}</h2>
      <Form layout="vertical" component="div">
        <Form.Item label={t('recalls.form.include')}>
          <TagSelect
            label={t('recalls.form.include')}
            placeholder={t('recalls.form.includePlaceholder')}
            value={draft.include}
            onChange={(include) => change({ include })}
          />
        </Form.Item>
        <Form.Item label={t('recalls.form.exclude')} extra={t('recalls.form.scopeHint')}>
          <TagSelect
            label={t('recalls.form.exclude')}
            placeholder={t('recalls.form.excludePlaceholder')}
            value={draft.exclude}
            onChange={(exclude) => change({ exclude })}
          />
        </Form.Item>
      </Form>
    </section>
  )
}

type SelectProps = {
  label: string
  placeholder: string
  value: readonly TagRef[]
  onChange: (tags: TagRef[]) => void
}

function TagSelect({ label, placeholder, value, onChange }: SelectProps) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const wechat = useWechatTags()
  const own = useOwnTags()
  const options = useMemo(
    () => [
      {
        label: t('recalls.form.wechatTags'),
        title: t('recalls.form.wechatTags'),
        options: wechat.items.map(({ tagId, name }) => ({
          value: keyOf({ of: 'wechat', accountId, tagId }),
          label: name,
        })),
      },
      {
        label: t('recalls.form.ownTags'),
        title: t('recalls.form.ownTags'),
        options: own.items.map(({ id, name }) => ({ value: keyOf({ of: 'own', tagId: id }), label: name })),
      },
    ],
    [t, accountId, wechat.items, own.items],
  )
  return (
    <Select
      mode="multiple"
      aria-label={label}
      placeholder={placeholder}
      showSearch={{ optionFilterProp: 'label' }}
      style={{ width: '100%', maxWidth: 640 }}
      loading={wechat.query.isPending || own.query.isPending}
      notFoundContent={t('tags.empty')}
      value={value.map(keyOf)}
      onChange={(keys) => onChange(keys.map(tagOf))}
      options={options.filter((group) => group.options.length > 0)}
    />
  )
}
