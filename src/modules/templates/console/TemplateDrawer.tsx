import { DeleteOutlined } from '@ant-design/icons'
import { Alert, Button, Descriptions, Drawer, Popconfirm, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { Copyable } from '../../../console/ui/Copyable.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import type { ResponseOf } from '../../../kernel/endpoint.ts'
import {
  deleteTemplateEndpoint,
  getTemplateEndpoint,
  listTemplatesEndpoint,
  type TemplateField,
  type TemplateUse,
} from '../schema.ts'
import { TemplateCard } from './TemplateCard.tsx'
import { TemplateKindTags } from './TemplateKindTags.tsx'
import { TemplateState } from './TemplateState.tsx'

type Detail = ResponseOf<typeof getTemplateEndpoint>

export function TemplateDrawer({
  templateId,
  onClose,
}: {
  templateId: string | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const query = useEndpoint(
    getTemplateEndpoint,
    { params: { accountId, templateId: templateId ?? '' } },
    { enabled: templateId !== undefined },
  )
  return (
    <Drawer
      open={templateId !== undefined}
      onClose={onClose}
      size={560}
      title={query.data?.title ?? t('templates.name')}
      destroyOnHidden
      extra={query.data && <DeleteButton template={query.data} />}
    >
      <Loaded query={query}>{(template) => <Shown template={template} />}</Loaded>
    </Drawer>
  )
}

function Shown({ template }: { template: Detail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { goneAt, changedAt } = template
  const drift = goneAt !== null ? 'gone' : changedAt !== null ? 'changed' : undefined
  return (
    <div className="w-stack">
      {drift && (
        <Alert
          type={drift === 'gone' ? 'error' : 'warning'}
          showIcon
          title={t(`templates.stateHint.${drift}`, { at: format.instant(goneAt ?? changedAt) })}
        />
      )}
      <TemplateCard template={template} />
      <Descriptions
        size="small"
        column={1}
        items={[
          { label: t('common.state'), children: <TemplateState template={template} /> },
          { label: t('templates.kindTitle'), children: <TemplateKindTags template={template} /> },
          { label: t('templates.id'), children: <Copyable value={template.wechatId} /> },
          ...(template.industry === null
            ? []
            : [{ label: t('templates.industry'), children: template.industry }]),
          { label: t('templates.firstSeen'), children: format.instant(template.firstSeenAt) },
          { label: t('templates.lastSeen'), children: format.instant(template.syncedAt) },
        ]}
      />
      <Fields fields={template.fields} />
      <Uses uses={template.uses} />
    </div>
  )
}

function Fields({ fields }: { fields: TemplateField[] }) {
  const { t } = useTranslation()
  const types = t('templates.types', { returnObjects: true }) as Record<string, string>
  const columns: TableColumnsType<TemplateField> = [
    { title: t('templates.fieldName'), dataIndex: 'name' },
    {
      title: t('templates.fieldKey'),
      dataIndex: 'key',
      render: (key: string) => <span className="w-mono">{key}</span>,
    },
    {
      title: t('templates.fieldType'),
      render: (_, { type, values }) => (
        <>
          {types[type] ?? type}
          {values !== null && (
            <div className="w-faint">
              {t('templates.fieldValues')}：{values.join('、')}
            </div>
          )}
        </>
      ),
    },
  ]
  return (
    <section>
      <h2 className="w-section-title">{t('templates.fields')}</h2>
      <Table<TemplateField>
        size="small"
        rowKey="key"
        columns={columns}
        dataSource={fields}
        pagination={false}
      />
    </section>
  )
}

function Uses({ uses }: { uses: TemplateUse[] }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  return (
    <section>
      <h2 className="w-section-title">{t('templates.uses')}</h2>
      {uses.length === 0 && <span className="w-soft">{t('templates.usesEmpty')}</span>}
      {uses.map(({ kind, id, name, active }) => (
        <div key={`${kind}:${id}`} className="w-row" style={{ padding: '4px 0' }}>
          <span className="w-faint">{t(`templates.useKind.${kind}`)}</span>
          {kind === 'campaign' ? <Link to={`/accounts/${accountId}/campaigns/${id}`}>{name}</Link> : name}
          {!active && <StateTag tone="idle">{t('templates.useEnded')}</StateTag>}
        </div>
      ))}
    </section>
  )
}

function DeleteButton({ template }: { template: Detail }) {
  const { t } = useTranslation()
  const mayManage = useCan('templates:manage')
  const remove = useEndpointMutation(deleteTemplateEndpoint, {
    invalidates: [listTemplatesEndpoint, getTemplateEndpoint],
    success: t('templates.removed'),
  })
  if (!mayManage || template.goneAt !== null) return null
  const { accountId, id: templateId, title } = template
  return (
    <Popconfirm
      title={t('templates.removeTitle', { title })}
      description={<div style={{ maxWidth: 320 }}>{t('templates.removeHint')}</div>}
      okText={t('templates.remove')}
      okButtonProps={{ danger: true }}
      onConfirm={() => remove.mutate({ params: { accountId, templateId } })}
    >
      <Button danger type="text" icon={<DeleteOutlined />} loading={remove.isPending}>
        {t('templates.remove')}
      </Button>
    </Popconfirm>
  )
}
