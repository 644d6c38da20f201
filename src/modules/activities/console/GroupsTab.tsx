import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Modal, Space, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { FilterBar } from '../../../console/ui/filters.tsx'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import {
  activityName,
  type CampaignGroup,
  createCampaignGroupEndpoint,
  deleteCampaignGroupEndpoint,
  listCampaignGroupsEndpoint,
  renameCampaignGroupEndpoint,
} from '../schema.ts'

const invalidates = [listCampaignGroupsEndpoint]

/** 分组: to file campaigns under. */
export function GroupsTab() {
  const { t } = useTranslation()
  const format = useFormat()
  const canManage = useCan('activities:manage')
  const query = useEndpoint(listCampaignGroupsEndpoint, {})
  const [editing, setEditing] = useState<CampaignGroup | 'new'>()
  const [deleting, setDeleting] = useState<CampaignGroup>()
  const make = canManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
      {t('activities.createGroup')}
    </Button>
  )
  return (
    <>
      <FilterBar end={make}>{t('activities.groupsSub')}</FilterBar>
      <Loaded query={query}>
        {({ items }) => (
          <div className="w-table-panel">
            {items.length === 0 ? (
              <EmptyState title={t('activities.groupsEmpty')} hint={t('activities.groupsEmptyHint')} />
            ) : (
              <Table<CampaignGroup>
                size="middle"
                rowKey="id"
                dataSource={items}
                pagination={{ pageSize: 50, hideOnSinglePage: true }}
                columns={[
                  { title: t('activities.groupName'), dataIndex: 'name' },
                  {
                    title: t('activities.campaigns'),
                    align: 'right',
                    render: (_, group) => format.number(group.campaigns),
                  },
                  {
                    key: 'actions',
                    className: 'w-right',
                    render: (_, group) =>
                      canManage && (
                        <Space size={0}>
                          <Button
                            type="text"
                            size="small"
                            icon={<EditOutlined />}
                            aria-label={t('activities.renameGroup')}
                            onClick={() => setEditing(group)}
                          />
                          <Button
                            type="text"
                            size="small"
                            danger
                            icon={<DeleteOutlined />}
                            aria-label={t('common.delete')}
                            onClick={() => setDeleting(group)}
                          />
                        </Space>
                      ),
                  },
                ]}
              />
            )}
          </div>
        )}
      </Loaded>
      {editing !== undefined && (
        <GroupModal {...(editing !== 'new' && { group: editing })} onClose={() => setEditing(undefined)} />
      )}
      {deleting !== undefined && <DeleteGroup group={deleting} onClose={() => setDeleting(undefined)} />}
    </>
  )
}

function GroupModal({ group, onClose }: { group?: CampaignGroup; onClose: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ name: string }>()
  const saved = { invalidates, success: t('common.saved'), onSuccess: onClose }
  const create = useEndpointMutation(createCampaignGroupEndpoint, saved)
  const rename = useEndpointMutation(renameCampaignGroupEndpoint, saved)
  const save = ({ name }: { name: string }) => {
    const body = { name: name.trim() }
    if (group === undefined) create.mutate({ body })
    else rename.mutate({ params: { campaignGroupId: group.id }, body })
  }
  return (
    <Modal
      open
      title={t(group === undefined ? 'activities.createGroup' : 'activities.renameGroup')}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      confirmLoading={create.isPending || rename.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
      width={420}
    >
      <Form form={form} layout="vertical" onFinish={save} initialValues={{ name: group?.name ?? '' }}>
        <Form.Item name="name" label={t('activities.groupName')} rules={[schemaRule(activityName)]}>
          <Input autoFocus maxLength={60} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function DeleteGroup({ group, onClose }: { group: CampaignGroup; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const remove = useEndpointMutation(deleteCampaignGroupEndpoint, {
    invalidates,
    success: t('common.deleted'),
    onSuccess: onClose,
  })
  return (
    <ConfirmWithNumbers
      open
      title={t('activities.ask.deleteGroup', { name: group.name })}
      numbers={[{ label: t('activities.campaigns'), value: format.number(group.campaigns) }]}
      note={t('activities.askNote.deleteGroup')}
      okText={t('common.delete')}
      danger
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ params: { campaignGroupId: group.id } })}
      onCancel={onClose}
    />
  )
}
