import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import type { SendFigures } from '../schema.ts'

type Version = SendFigures['versions'][number]

/** What each version of a campaign came to; people count for the version they entered under. */
export function FigureVersions({ versions }: { versions: readonly Version[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const number = (name: 'sent' | 'delivered' | 'clicked' | 'converted' | 'conversions' | 'value') => ({
    title: t(`goals.${name}`),
    align: 'right' as const,
    render: (_: unknown, row: Version) => format.number(row[name]),
  })
  return (
    <Table<Version>
      size="small"
      rowKey="version"
      pagination={false}
      scroll={{ x: 560 }}
      dataSource={[...versions]}
      columns={[
        { title: t('goals.version'), render: (_, row) => `v${row.version}` },
        ...(['sent', 'delivered', 'clicked', 'converted', 'conversions', 'value'] as const).map(number),
      ]}
    />
  )
}
