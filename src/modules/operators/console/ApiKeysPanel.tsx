import { PlusOutlined } from '@ant-design/icons'
import { Alert, Button, Form, Input, Modal, Popconfirm, Table, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { Copyable } from '../../../console/ui/Copyable.tsx'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { type ApiKey, createApiKeyEndpoint, listApiKeysEndpoint, revokeApiKeyEndpoint } from '../schema.ts'

/** 接口密钥: programs that act as this person. */
export function ApiKeysPanel() {
  const { t } = useTranslation()
  const [making, setMaking] = useState(false)
  const query = useEndpoint(listApiKeysEndpoint, {})
  const columns = useColumns()
  return (
    <section style={{ marginTop: 24 }}>
      <div className="w-row" style={{ justifyContent: 'space-between', marginBottom: 10 }}>
        <div>
          <h2 className="w-section-title" style={{ margin: 0 }}>
            {t('apiKeys.title')}
          </h2>
          <span className="w-soft">{t('apiKeys.sub')}</span>
        </div>
        <Button icon={<PlusOutlined />} onClick={() => setMaking(true)}>
          {t('apiKeys.make')}
        </Button>
      </div>
      <Loaded query={query} rows={2}>
        {({ items }) => (
          <div className="w-table-panel">
            {items.length === 0 ? (
              <EmptyState compact title={t('apiKeys.empty')} hint={t('apiKeys.emptyHint')} />
            ) : (
              <Table<ApiKey>
                size="middle"
                rowKey="id"
                columns={columns}
                dataSource={items}
                pagination={false}
                scroll={{ x: 560 }}
              />
            )}
          </div>
        )}
      </Loaded>
      <MakeKeyModal open={making} onClose={() => setMaking(false)} />
    </section>
  )
}

function useColumns(): TableColumnsType<ApiKey> {
  const { t } = useTranslation()
  const format = useFormat()
  const revoke = useEndpointMutation(revokeApiKeyEndpoint, {
    invalidates: [listApiKeysEndpoint],
    success: t('apiKeys.revoked'),
  })
  return [
    { title: t('apiKeys.name'), dataIndex: 'name' },
    {
      title: t('apiKeys.prefix'),
      dataIndex: 'prefix',
      render: (prefix: string) => <code className="w-mono">{prefix}…</code>,
    },
    { title: t('common.createdAt'), dataIndex: 'createdAt', render: (at: string) => format.instant(at) },
    {
      title: t('apiKeys.lastUsed'),
      dataIndex: 'lastUsedAt',
      render: (at: string | null) => (at === null ? t('apiKeys.never') : format.instant(at)),
    },
    {
      key: 'actions',
      className: 'w-right',
      render: (_, row) => (
        <Popconfirm
          title={t('apiKeys.revokeTitle')}
          description={t('apiKeys.revokeHint')}
          okText={t('apiKeys.revoke')}
          onConfirm={() => revoke.mutate({ params: { keyId: row.id } })}
        >
          <Button type="link" size="small" danger>
            {t('apiKeys.revoke')}
          </Button>
        </Popconfirm>
      ),
    },
  ]
}

function MakeKeyModal({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ name: string }>()
  const create = useEndpointMutation(createApiKeyEndpoint, { invalidates: [listApiKeysEndpoint] })
  const close = () => {
    onClose()
    form.resetFields()
    create.reset()
  }
  const made = create.data
  return (
    <Modal
      open={open}
      title={t('apiKeys.make')}
      {...(made && { cancelButtonProps: { hidden: true } })}
      onCancel={close}
      onOk={made ? close : form.submit}
      okText={made ? t('apiKeys.kept') : t('apiKeys.make')}
      cancelText={t('common.cancel')}
      confirmLoading={create.isPending}
      mask={{ closable: made === undefined }}
    >
      {made ? (
        <>
          <Alert type="warning" showIcon title={t('apiKeys.once')} style={{ marginBottom: 12 }} />
          <Copyable value={made.key} />
        </>
      ) : (
        <Form form={form} layout="vertical" onFinish={(body) => create.mutate({ body })}>
          <Form.Item
            name="name"
            label={t('apiKeys.name')}
            extra={t('apiKeys.nameHint')}
            rules={[schemaRule(createApiKeyEndpoint.body!.shape.name, t('operators.nameInvalid'))]}
          >
            <Input autoFocus />
          </Form.Item>
        </Form>
      )}
    </Modal>
  )
}
