import { Input, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { ErrorState } from '../../../../console/ui/states.tsx'
import { listPeopleEndpoint, type Person } from '../../../contacts/schema.ts'
import { MAX_PICKED } from '../../schema/segment.ts'

/** Picks people by hand: searched, ticked, kept over searches. */
export function PeoplePicker({
  chosen,
  onChange,
}: {
  chosen: readonly string[]
  onChange: (ids: string[]) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const [q, setQ] = useState('')
  const list = useCursorList(listPeopleEndpoint, { query: { limit: 20, ...(q !== '' && { q }) } })
  return (
    <>
      <Input.Search
        allowClear
        placeholder={t('segments.whySearch')}
        onSearch={(text) => setQ(text.trim())}
        style={{ marginBottom: 8 }}
      />
      {list.error && list.items.length === 0 ? (
        <ErrorState error={list.error} onRetry={list.refetch} />
      ) : (
        <Table<Person>
          size="small"
          rowKey="id"
          loading={list.isLoading}
          dataSource={list.items}
          pagination={false}
          scroll={{ y: 240 }}
          columns={[
            {
              title: t('common.name'),
              render: (_, row) => row.name ?? t('segments.personNumbered', { id: row.id }),
            },
            { title: t('segmentWords.identityKind.phone'), width: 150, render: (_, row) => row.phone ?? '—' },
            { title: t('segments.accounts'), width: 90, align: 'right', render: (_, row) => row.fans.length },
          ]}
          rowSelection={{
            selectedRowKeys: [...chosen],
            preserveSelectedRowKeys: true,
            onChange: (keys) => onChange(keys.map(String).slice(0, MAX_PICKED)),
          }}
        />
      )}
      <div className="w-row w-soft w-small" style={{ marginTop: 6 }}>
        {t('segments.picked', { number: format.number(chosen.length), max: format.number(MAX_PICKED) })}
        {list.hasMore && (
          <button type="button" className="w-link" onClick={list.loadMore}>
            {t('common.loadMore')}
          </button>
        )}
      </div>
    </>
  )
}
