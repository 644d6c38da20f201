import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Input, Popconfirm, Space, Table, Tooltip, Typography } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'

const MAX_LENGTH = 30

type Named = { id: string; name: string }
type NamesTableProps<N extends Named> = {
  items: N[]
  schema: z.ZodType<string>
  /** What each of them holds. */
  holds: { title: string; align?: 'right'; of: (one: N) => ReactNode }
  /** Asked before one is deleted. */
  deleting: (one: N) => { title: string; hint: string }
  mayWrite?: boolean
  onRename: (one: N, name: string) => void
  onRemove: (one: N) => void
}

/** Folders and the like: renamed where they stand, deleted after a question. */
export function NamesTable<N extends Named>(props: NamesTableProps<N>) {
  const { items, schema, holds, deleting, mayWrite = true, onRename, onRemove } = props
  const { t } = useTranslation()
  const rename = (one: N, text: string) => {
    const name = schema.safeParse(text)
    if (name.success) onRename(one, name.data)
  }
  return (
    <Table<N>
      size="small"
      rowKey="id"
      dataSource={items}
      pagination={{ pageSize: 50, hideOnSinglePage: true }}
      columns={[
        {
          title: t('common.name'),
          render: (_, one) => (
            <Typography.Text
              editable={mayWrite && { maxLength: MAX_LENGTH, onChange: (name) => rename(one, name) }}
            >
              {one.name}
            </Typography.Text>
          ),
        },
        { title: holds.title, align: holds.align, width: 150, render: (_, one) => holds.of(one) },
        {
          key: 'actions',
          width: 50,
          render: (_, one) => {
            const { title, hint } = deleting(one)
            return (
              <Popconfirm
                title={title}
                description={hint}
                okText={t('common.delete')}
                okButtonProps={{ danger: true }}
                disabled={!mayWrite}
                onConfirm={() => onRemove(one)}
              >
                <Tooltip title={mayWrite ? undefined : t('common.notAllowed')}>
                  <Button
                    type="text"
                    size="small"
                    danger
                    disabled={!mayWrite}
                    icon={<DeleteOutlined />}
                    aria-label={title}
                  />
                </Tooltip>
              </Popconfirm>
            )
          },
        },
      ]}
    />
  )
}

type NewNameProps = {
  schema: z.ZodType<string>
  placeholder: string
  add: string
  saving: boolean
  /** Resolves when it is saved; the field is empty then. */
  onAdd: (name: string) => Promise<unknown>
}

export function NewName({ schema, placeholder, add, saving, onAdd }: NewNameProps) {
  const [name, setName] = useState('')
  const parsed = schema.safeParse(name)
  const save = () => {
    if (parsed.success)
      onAdd(parsed.data).then(
        () => setName(''),
        () => undefined,
      )
  }
  return (
    <Space.Compact style={{ width: '100%' }}>
      <Input
        value={name}
        maxLength={MAX_LENGTH}
        placeholder={placeholder}
        aria-label={placeholder}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={save}
      />
      <Button icon={<PlusOutlined />} disabled={!parsed.success} loading={saving} onClick={save}>
        {add}
      </Button>
    </Space.Compact>
  )
}
