import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Drawer, Input, Popconfirm, Space, Table, Tabs, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { type Label, type LabelKind, labelName, listCodesEndpoint } from '../schema.ts'
import { labelEndpoints, useLabels } from './LabelPicker.tsx'

const KINDS: readonly LabelKind[] = ['placement', 'folder']

/** 渠道 and 文件夹 of the account: made, renamed, deleted. */
export function LabelsDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer open={open} onClose={onClose} size={480} destroyOnHidden title={t('qrCodes.labels')}>
      <Tabs
        items={KINDS.map((kind) => ({
          key: kind,
          label: t(`qrCodes.${kind}`),
          children: <Labels kind={kind} />,
        }))}
      />
    </Drawer>
  )
}

function Labels({ kind }: { kind: LabelKind }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useLabels(kind)
  const { rename, remove } = useChanges(kind)
  return (
    <div className="w-stack">
      <p className="w-soft">{t(`qrCodes.labelHint.${kind}`)}</p>
      <NewLabel kind={kind} />
      <Loaded query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title={t('qrCodes.noLabels')} />
          ) : (
            <Table<Label>
              size="small"
              rowKey="id"
              dataSource={items}
              pagination={{ pageSize: 50, hideOnSinglePage: true }}
              columns={[
                {
                  title: t('common.name'),
                  render: (_, label) => (
                    <Typography.Text
                      editable={{
                        maxLength: 30,
                        onChange: (name) => labelName.safeParse(name).success && rename(label, name.trim()),
                      }}
                    >
                      {label.name}
                    </Typography.Text>
                  ),
                },
                {
                  title: t('qrCodes.codes'),
                  align: 'right',
                  width: 100,
                  render: (_, label) => format.number(label.codes),
                },
                {
                  key: 'actions',
                  width: 50,
                  render: (_, label) => (
                    <Popconfirm
                      title={t('qrCodes.deleteLabel', { name: label.name })}
                      description={t('qrCodes.deleteLabelHint', { count: label.codes })}
                      okText={t('common.delete')}
                      okButtonProps={{ danger: true }}
                      onConfirm={() => remove(label)}
                    >
                      <Button
                        type="text"
                        size="small"
                        danger
                        icon={<DeleteOutlined />}
                        aria-label={t('common.delete')}
                      />
                    </Popconfirm>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </div>
  )
}

function useChanges(kind: LabelKind) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const invalidates = [labelEndpoints[kind].list, listCodesEndpoint]
  const renaming = useEndpointMutation(labelEndpoints[kind].rename, {
    invalidates,
    success: t('common.saved'),
  })
  const removing = useEndpointMutation(labelEndpoints[kind].remove, {
    invalidates,
    success: t('common.deleted'),
  })
  return {
    rename: ({ id }: Label, name: string) =>
      renaming.mutate({ params: { accountId, labelId: id }, body: { name } }),
    remove: ({ id }: Label) => removing.mutate({ params: { accountId, labelId: id } }),
  }
}

function NewLabel({ kind }: { kind: LabelKind }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [name, setName] = useState('')
  const create = useEndpointMutation(labelEndpoints[kind].create, {
    invalidates: [labelEndpoints[kind].list],
    onSuccess: () => setName(''),
  })
  const parsed = labelName.safeParse(name)
  const save = () => parsed.success && create.mutate({ params: { accountId }, body: { name: parsed.data } })
  return (
    <Space.Compact style={{ width: '100%' }}>
      <Input
        value={name}
        maxLength={30}
        placeholder={t(`qrCodes.newLabel.${kind}`)}
        aria-label={t(`qrCodes.newLabel.${kind}`)}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={save}
      />
      <Button icon={<PlusOutlined />} disabled={!parsed.success} loading={create.isPending} onClick={save}>
        {t('qrCodes.add')}
      </Button>
    </Space.Compact>
  )
}
