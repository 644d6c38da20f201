import { Button, Drawer, Input, Table } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { type Fan, listFansEndpoint, MAX_CHOSEN_FANS } from '../schema.ts'
import { useFanColumns } from './columns.tsx'

/** Chooses single fans by looking them up; following ones only, because others can't be reached. */
export function FanPicker({
  open,
  chosen,
  onClose,
  onChoose,
}: {
  open: boolean
  chosen: readonly string[]
  onClose: () => void
  onChoose: (fanIds: string[]) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const [q, setQ] = useState('')
  const [ids, setIds] = useState<string[]>([...chosen])
  useEffect(() => {
    if (open) setIds([...chosen])
  }, [open, chosen])
  const list = useCursorList(
    listFansEndpoint,
    { params: { accountId }, query: { following: 'true', ...(q !== '' && { q }) } },
    { enabled: open },
  )
  const columns = useFanColumns().slice(0, 4)
  return (
    <Drawer
      open={open}
      onClose={onClose}
      size={760}
      title={t('audience.pickFans')}
      extra={
        <Button type="primary" disabled={ids.length > MAX_CHOSEN_FANS} onClick={() => onChoose(ids)}>
          {t('audience.useChosen', { number: format.number(ids.length) })}
        </Button>
      }
    >
      <Input.Search
        allowClear
        placeholder={t('fans.search')}
        onSearch={(text) => setQ(text.trim())}
        style={{ marginBottom: 12 }}
      />
      <div className="w-table-panel">
        <Table<Fan>
          size="small"
          rowKey="id"
          loading={list.isLoading}
          columns={columns}
          dataSource={list.items}
          pagination={false}
          scroll={{ x: 600 }}
          rowSelection={{
            selectedRowKeys: ids,
            preserveSelectedRowKeys: true,
            onChange: (keys) => setIds(keys.map(String)),
          }}
        />
        <div className="w-table-foot">
          <span>{t('common.selected', { number: format.number(ids.length) })}</span>
          {list.hasMore && (
            <Button type="link" size="small" loading={list.isLoadingMore} onClick={list.loadMore}>
              {t('common.loadMore')}
            </Button>
          )}
        </div>
      </div>
    </Drawer>
  )
}
