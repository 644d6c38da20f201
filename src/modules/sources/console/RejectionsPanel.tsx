import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { lookUp } from '../../../console/ui/error-text.ts'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { listRejectionsEndpoint, REJECTION_REASONS, type Rejection } from '../schema.ts'
import { RawMessage, Refused } from './MessageDetail.tsx'

/** Everything that could not be taken in the last 30 days, by reason. */
export function RejectionsPanel({ sourceId }: { sourceId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const filters = useFilters(['reason'])
  const { reason } = filters.values
  const list = useCursorList(
    listRejectionsEndpoint,
    { params: { sourceId }, query: { ...(reason && { reason }) } },
    { every: 5_000 },
  )
  return (
    <section>
      <h2 className="w-section-title">{t('sources.olderRejections')}</h2>
      <FilterBar filters={filters}>
        <Select
          allowClear
          placeholder={t('sources.rejected')}
          style={{ width: 240 }}
          value={reason ?? null}
          options={REJECTION_REASONS.map((value) => ({
            value,
            label: lookUp('rejections.what', value) ?? value,
          }))}
          onChange={(value?: string | null) => filters.set('reason', value ?? undefined)}
        />
      </FilterBar>
      <CursorTable<Rejection>
        list={list}
        rowKey="id"
        minWidth={640}
        empty={<EmptyState compact title={t('sources.noRejections')} />}
        expandable={{
          expandedRowRender: ({ payload }) => <RawMessage payload={payload} />,
          expandRowByClick: true,
        }}
        columns={[
          {
            title: t('sources.lastReceived'),
            width: 170,
            render: (_, { receivedAt }) => <span className="w-nowrap">{format.second(receivedAt)}</span>,
          },
          { title: t('sources.rejected'), render: (_, row) => <Refused rejection={row} /> },
        ]}
      />
    </section>
  )
}
