import { Alert, Button, Drawer, Form, Input, InputNumber, Switch } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import type { Template } from '../rules/templates.ts'
import { type Dataset, datasetKey, declareDatasetEndpoint, listDatasetsEndpoint } from '../schema.ts'
import { type FieldDraft, FieldsEditor } from './FieldsEditor.tsx'
import { Templates } from './Templates.tsx'

type Draft = {
  key: string
  name: string
  fields: FieldDraft[]
  hasLines: boolean
  lineFields: FieldDraft[]
  retentionDays?: number | null
}

const BLANK: FieldDraft = { key: '', name: '', type: 'text' }

/** Says what a table holds; what can't be changed later is said here. */
export function DeclareDrawer({
  template,
  onChoose,
  onClose,
  onDeclared,
}: {
  template: Template | 'blank' | undefined
  onChoose: (template: Template | 'blank') => void
  onClose: () => void
  onDeclared: (dataset: Dataset) => void
}) {
  const { t, i18n } = useTranslation()
  const [form] = Form.useForm<Draft>()
  const hasLines = Form.useWatch('hasLines', form) === true
  const declare = useEndpointMutation(declareDatasetEndpoint, {
    invalidates: [listDatasetsEndpoint],
    success: t('datasets.declared'),
    onSuccess: onDeclared,
  })
  useEffect(() => {
    if (template !== undefined) form.setFieldsValue(draftOf(template, i18n.language))
  }, [template, form, i18n.language])
  const submit = ({ hasLines: withLines, lineFields, ...draft }: Draft) =>
    declare.mutate({
      body: {
        ...draft,
        retentionDays: draft.retentionDays ?? null,
        ...(withLines && { lineFields }),
      },
    })
  return (
    <Drawer
      open={template !== undefined}
      onClose={onClose}
      size={760}
      destroyOnHidden
      title={t('datasets.declare')}
      extra={
        <Button type="primary" loading={declare.isPending} onClick={form.submit}>
          {t('datasets.declareGo')}
        </Button>
      }
    >
      <div className="w-stack">
        <Templates onChoose={onChoose} />
        <Form<Draft> form={form} layout="vertical" onFinish={submit} requiredMark={false}>
          <div className="w-grid" style={{ gridTemplateColumns: '1fr 1fr' }}>
            <Form.Item
              name="name"
              label={t('common.name')}
              rules={[{ required: true, whitespace: true, message: t('datasets.nameInvalid') }]}
            >
              <Input maxLength={60} />
            </Form.Item>
            <Form.Item
              name="key"
              label={t('datasets.tableKey')}
              extra={t('datasets.keyHint')}
              rules={[schemaRule(datasetKey, t('datasets.keyInvalid'))]}
            >
              <Input className="w-mono" maxLength={40} />
            </Form.Item>
          </div>
          <Alert type="info" showIcon style={{ marginBottom: 16 }} title={t('datasets.builtIn')} />
          <h3 className="w-section-title">{t('datasets.rowFields')}</h3>
          <FieldsEditor name="fields" />
          <Form.Item
            name="hasLines"
            label={t('datasets.hasLines')}
            extra={t('datasets.hasLinesHint')}
            valuePropName="checked"
            style={{ marginTop: 16 }}
          >
            <Switch />
          </Form.Item>
          {hasLines && (
            <>
              <h3 className="w-section-title">{t('datasets.lineFields')}</h3>
              <FieldsEditor name="lineFields" />
            </>
          )}
          <Form.Item
            name="retentionDays"
            label={t('datasets.retention')}
            extra={t('datasets.retentionHint')}
            style={{ marginTop: 16 }}
          >
            <InputNumber
              min={1}
              max={3650}
              precision={0}
              suffix={t('datasets.days')}
              style={{ width: 180 }}
            />
          </Form.Item>
        </Form>
      </div>
    </Drawer>
  )
}

function draftOf(template: Template | 'blank', language: string): Draft {
  if (template === 'blank')
    return { key: '', name: '', fields: [BLANK], hasLines: false, lineFields: [BLANK], retentionDays: null }
  const inWords = ({ zh, en, ...field }: Template['fields'][number]): FieldDraft => ({
    ...field,
    name: language === 'en' ? en : zh,
  })
  return {
    key: template.key,
    name: language === 'en' ? template.name.en : template.name.zh,
    fields: template.fields.map(inWords),
    hasLines: template.lineFields !== undefined,
    lineFields: template.lineFields?.map(inWords) ?? [BLANK],
    retentionDays: null,
  }
}
