import { Button, Table, type TableColumnsType, type TableProps } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../format.ts'
import type { CursorList } from '../hooks.ts'
import { ErrorState, LoadingState } from './states.tsx'
import './page.css'

type Props<T> = {
  list: CursorList<T>
  columns: TableColumnsType<T>
  rowKey: keyof T & string
  empty: ReactNode
  onOpen?: (row: T) => void
  rowSelection?: TableProps<T>['rowSelection']
  /** Width below which the table scrolls sideways. */
  minWidth?: number
  expandable?: TableProps<T>['expandable']
}

/** A dense table over a key-paged list. It grows by "load more": rows never shift under the reader. */
export function CursorTable<T extends object>({
  list,
  columns,
  rowKey,
  empty,
  onOpen,
  minWidth,
  ...rest
}: Props<T>) {
  const { t } = useTranslation()
  const format = useFormat()
  if (list.error && list.items.length === 0) return <ErrorState error={list.error} onRetry={list.refetch} />
  if (list.isLoading) return <LoadingState />
  if (list.items.length === 0) return <div className="w-table-panel">{empty}</div>
  return (
    <div className={`w-table-panel${list.isStale ? ' w-stale' : ''}`}>
      <Table<T>
        {...rest}
        size="middle"
        columns={columns}
        dataSource={list.items}
        rowKey={rowKey}
        pagination={false}
        scroll={{ x: minWidth ?? 640 }}
        {...(onOpen && {
          rowClassName: () => 'w-clickable',
          onRow: (row) => ({ onClick: () => onOpen(row) }),
        })}
      />
      <div className="w-table-foot">
        <span>{t('common.shown', { number: format.number(list.items.length) })}</span>
        {list.hasMore && (
          <Button size="small" type="link" loading={list.isLoadingMore} onClick={list.loadMore}>
            {t('common.loadMore')}
          </Button>
        )}
      </div>
    </div>
  )
}
