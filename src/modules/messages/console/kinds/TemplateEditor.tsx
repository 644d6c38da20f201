import { Alert, Select, Switch, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useAccountId } from '../../../../console/session.ts'
import { useSentence } from '../../../../console/ui/sentence.ts'
import { EmptyState, ErrorState, LoadingState } from '../../../../console/ui/states.tsx'
import { FIELD_RULES, isFieldType } from '../../../../wechat/rules/template-fields.ts'
import type { ContentOf, TemplateField } from '../../schema.ts'
import { useCompose, useEdit } from '../compose-context.ts'
import { FieldRow } from '../FieldRow.tsx'
import { TextField } from '../TextField.tsx'
import { useTemplates } from '../use-template.ts'
import { TargetFields } from './TargetFields.tsx'

type Content = ContentOf<'template'> | ContentOf<'subscription'>

/** 模板消息 and 订阅通知: a template, its fields, and what a tap opens. */
export function TemplateEditor({ content }: { content: Content }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const edit = useEdit<'template'>()
  const { query, templates } = useTemplates(content.kind)
  if (query.isPending) return <LoadingState rows={4} />
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  const usable = (templates ?? []).filter(({ goneAt, id }) => goneAt === null || id === content.templateId)
  if (usable.length === 0) {
    return (
      <EmptyState
        compact
        title={t('messages.template.none')}
        hint={t('messages.template.noneHint')}
        action={<Link to={`/accounts/${accountId}/templates`}>{t('messages.template.toTemplates')}</Link>}
      />
    )
  }
  const template = usable.find(({ id }) => id === content.templateId)
  return (
    <>
      <FieldRow field="templateId" label={t('messages.template.choose')}>
        <Select
          showSearch
          optionFilterProp="label"
          style={{ width: '100%' }}
          placeholder={t('messages.template.choose')}
          {...(content.templateId !== null && { value: content.templateId })}
          onChange={(templateId: string) => edit({ templateId })}
          options={usable.map(({ id, title, goneAt }) => ({
            value: id,
            label: goneAt === null ? title : `${title} · ${t('articles.gone')}`,
          }))}
        />
      </FieldRow>
      {template?.family === 'industry' && (
        <Alert type="info" showIcon title={t('messages.template.historic')} style={{ marginBottom: 12 }} />
      )}
      {template?.fields.map((field) => (
        <FieldEditor key={field.key} field={field} typed={template.family !== 'industry'} content={content} />
      ))}
      {template !== undefined && <OpensFields content={content} />}
    </>
  )
}

/** One field: what the platform takes for its type, checked while typing. */
function FieldEditor({ field, typed, content }: { field: TemplateField; typed: boolean; content: Content }) {
  const sentence = useSentence()
  const { update } = useCompose()
  const { key, name, type, values } = field
  const value = content.fields[key] ?? ''
  const change = (text: string) =>
    update((current) =>
      'fields' in current ? { ...current, fields: { ...current.fields, [key]: text } } : current,
    )
  const rule = typed && isFieldType(type) ? FIELD_RULES[type] : undefined
  const label = (
    <>
      {name} <Tag className="w-mono">{key}</Tag>
    </>
  )
  if (values !== null && values.length > 0) {
    return (
      <FieldRow field={`fields.${key}`} label={label} {...(rule && { hint: sentence(rule.text) })}>
        <Select
          style={{ width: '100%' }}
          {...(value !== '' && { value })}
          onChange={change}
          options={values.map((one) => ({ value: one, label: one }))}
        />
      </FieldRow>
    )
  }
  return (
    <TextField
      field={`fields.${key}`}
      label={label}
      value={value}
      onChange={change}
      {...(rule && { hint: sentence(rule.text) })}
      {...(rule?.most !== undefined &&
        type !== 'amount' && { limit: { most: rule.most, unit: 'characters' as const } })}
    />
  )
}

/** What a tap opens: a page, a mini program, or both (then the phone opens the mini program). */
function OpensFields({ content }: { content: Content }) {
  const { t } = useTranslation()
  const { update } = useCompose()
  const isTemplate = content.kind === 'template'
  const { miniProgram } = content
  const edit = (part: object) => update((current) => ({ ...current, ...part }) as typeof current)
  return (
    <>
      <TextField
        field={isTemplate ? 'url' : 'page'}
        label={t('messages.field.opens')}
        value={isTemplate ? content.url : content.page}
        example="https://…"
        hint={t('messages.hint.opens')}
        onChange={(url) => edit(isTemplate ? { url } : { page: url })}
      />
      <div className="w-row w-message-field">
        <Switch
          size="small"
          checked={miniProgram !== null}
          onChange={(on) => edit({ miniProgram: on ? { appId: '', path: '' } : null })}
        />
        {t('messages.opensMiniProgram')}
      </div>
      {miniProgram !== null && (
        <TargetFields
          prefix="miniProgram."
          target={miniProgram}
          onChange={(target) => edit({ miniProgram: target })}
        />
      )}
    </>
  )
}
