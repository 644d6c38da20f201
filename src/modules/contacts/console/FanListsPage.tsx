import { Button, Popconfirm, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { deleteFanListEndpoint, type FanList, listFanListsEndpoint } from '../schema.ts'
import { CreateListButton } from './CreateListModal.tsx'

export function FanListsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const list = useCursorList(listFanListsEndpoint, { params: { accountId } })
  const open = (id: string) => void navigate(`/accounts/${accountId}/lists/${id}`)
  return (
    <>
      <PageHeader
        title={t('nav.lists')}
        sub={t('lists.sub')}
        actions={<CreateListButton onCreated={({ id }) => open(id)} />}
      />
      <CursorTable<FanList>
        list={list}
        columns={useColumns()}
        rowKey="id"
        minWidth={720}
        onOpen={({ id }) => open(id)}
        empty={
          <EmptyState
            title={t('lists.empty')}
            hint={t('lists.emptyHint')}
            action={<CreateListButton onCreated={({ id }) => open(id)} />}
          />
        }
      />
    </>
  )
}

function useColumns(): TableColumnsType<FanList> {
  const { t } = useTranslation()
  const format = useFormat()
  const mayWrite = useCan('contacts:write')
  return [
    { title: t('common.name'), dataIndex: 'name', render: (name: string) => <strong>{name}</strong> },
    {
      title: t('lists.size'),
      dataIndex: 'size',
      align: 'right',
      render: (size: number) => format.number(size),
    },
    {
      title: t('lists.unknown'),
      dataIndex: 'unknownOpenids',
      align: 'right',
      render: (count: number) => <Faint count={count} />,
    },
    {
      title: t('lists.repeated'),
      dataIndex: 'repeatedOpenids',
      align: 'right',
      render: (count: number) => <Faint count={count} />,
    },
    {
      title: t('common.createdBy'),
      dataIndex: 'createdBy',
      render: (name: string | null) => name ?? t('common.system'),
    },
    {
      title: t('common.createdAt'),
      dataIndex: 'createdAt',
      className: 'w-nowrap',
      render: (at: string) => format.instant(at),
    },
    ...(mayWrite
      ? [
          {
            key: 'actions',
            className: 'w-right',
            render: (_: unknown, row: FanList) => <DeleteList list={row} />,
          },
        ]
      : []),
  ]
}

function Faint({ count }: { count: number }) {
  const format = useFormat()
  return <span className={count === 0 ? 'w-faint' : ''}>{format.number(count)}</span>
}

function DeleteList({ list }: { list: FanList }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const remove = useEndpointMutation(deleteFanListEndpoint, {
    invalidates: [listFanListsEndpoint],
    success: t('common.deleted'),
  })
  return (
    // the row itself opens the list
    <span onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
      <Popconfirm
        title={t('lists.deleteTitle', { name: list.name })}
        description={t('lists.deleteHint')}
        okText={t('common.delete')}
        onConfirm={() => remove.mutate({ params: { accountId, listId: list.id } })}
      >
        <Button type="link" size="small" danger loading={remove.isPending}>
          {t('common.delete')}
        </Button>
      </Popconfirm>
    </span>
  )
}
