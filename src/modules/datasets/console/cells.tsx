import { Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import type { Cell, DetailRow, Field } from '../schema.ts'

/** One value as people read it. */
export function CellText({ field, value }: { field: Pick<Field, 'type'>; value: Cell | undefined }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  if (value === null || value === undefined) return <span className="w-faint">—</span>
  if (typeof value === 'boolean') return <>{t(value ? 'datasets.yes' : 'datasets.no')}</>
  if (typeof value === 'number')
    return <>{new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 6 }).format(value)}</>
  return <>{field.type === 'instant' && value !== '***' ? format.instant(value) : value}</>
}

export const fieldColumns = <T extends object>(
  fields: readonly Field[],
  valuesOf: (row: T) => Record<string, Cell>,
): TableColumnsType<T> =>
  fields.map((field) => ({
    title: field.name,
    key: field.key,
    ellipsis: true,
    ...(field.type === 'number' && { align: 'right' as const }),
    render: (_: unknown, row: T) => <CellText field={field} value={valuesOf(row)[field.key]} />,
  }))

/** Under a row: its lines. */
export function Lines({ row, fields }: { row: DetailRow; fields: readonly Field[] }) {
  const lines = row.lines.map((line, index) => ({ index, line }))
  return (
    <Table
      size="small"
      rowKey="index"
      pagination={false}
      scroll={{ x: fields.length * 110 }}
      columns={[
        { title: '#', width: 48, render: (_, { index }) => index + 1 },
        ...fieldColumns<(typeof lines)[number]>(fields, ({ line }) => line),
      ]}
      dataSource={lines}
    />
  )
}

/** How a table opens the lines of a row; nothing where rows have none. */
export const linesExpandable = (hasLines: boolean, fields: readonly Field[]) =>
  hasLines
    ? {
        expandedRowRender: (row: DetailRow) => <Lines row={row} fields={fields} />,
        rowExpandable: (row: DetailRow) => row.lines.length > 0,
      }
    : undefined
