import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import type { Segment, SegmentUse } from '../../schema/segment.ts'

/** What names this segment; while something does that will ask again, it can't be archived. */
export function UsesTab({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const { uses } = segment
  if (uses.length === 0) return <EmptyState title={t('segments.noUses')} hint={t('segments.noUsesHint')} />
  return (
    <div className="w-table-panel">
      <Table<SegmentUse>
        size="middle"
        rowKey={({ kind, id }) => `${kind}:${id}`}
        dataSource={uses}
        pagination={false}
        columns={[
          { title: t('segments.kind'), width: 100, render: (_, use) => t(`segments.useKind.${use.kind}`) },
          { title: t('common.name'), render: (_, use) => <Link to={addressOf(use)}>{use.name}</Link> },
          {
            title: t('common.state'),
            width: 160,
            render: (_, use) => (
              <StateTag tone={use.active ? 'busy' : 'idle'}>
                {t(use.active ? 'segments.useActive' : 'segments.usePast')}
              </StateTag>
            ),
          },
        ]}
      />
    </div>
  )
}

const addressOf = (use: SegmentUse): string =>
  use.kind === 'segment' ? `/segments/${use.id}` : `/accounts/${use.accountId}/${use.kind}s/${use.id}`
