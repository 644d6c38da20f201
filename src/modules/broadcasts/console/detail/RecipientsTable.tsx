import { Button, Select, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { FilterBar, SearchInput } from '../../../../console/ui/filters.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { placeInArm } from '../../rules.ts'
import { type Broadcast, listRecipientsEndpoint, type Recipient } from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { DeliveryTag, isMoving, partName } from '../words.tsx'
import { ArmSelect } from './ArmSelect.tsx'
import type { DetailFilters } from './use-detail-filters.ts'

/** Every fan of the frozen audience with state and reason. */
export function RecipientsTable({ broadcast, filters }: { broadcast: Broadcast; filters: DetailFilters }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const explain = useReason()
  const { reason, batch, openid, arm } = filters.values
  const list = useCursorList(
    listRecipientsEndpoint,
    {
      params: { accountId, broadcastId: broadcast.id },
      query: {
        ...(reason && { reason }),
        ...(batch && { batchSeq: batch }),
        ...(openid && { openid }),
        ...(arm && { arm }),
      },
    },
    { every: isMoving(broadcast.label) ? 5_000 : false },
  )
  const narrowed = [reason, batch, openid, arm].some((value) => value !== undefined)
  return (
    <>
      <FilterBar end={broadcast.path === 'list' ? undefined : t('recipients.estimate')}>
        <SearchInput
          placeholder={t('recipients.search')}
          value={openid}
          onChange={(value) => filters.set('openid', value)}
        />
        <Select
          allowClear
          placeholder={t('recipients.reason')}
          style={{ width: 260 }}
          value={reason ?? null}
          onChange={(value?: string | null) => filters.set('reason', value ?? undefined)}
          options={broadcast.skippedByReason.map((one) => ({
            value: one.reason,
            label: `${explain(one.reason).text}（${format.number(one.count)}）`,
          }))}
        />
        <ArmSelect broadcast={broadcast} filters={filters} />
        {batch !== undefined && (
          <Button size="small" onClick={() => filters.set('batch', undefined)}>
            {t('recipients.onlyBatch', { seq: placeInArm(Number(batch)) })} ×
          </Button>
        )}
      </FilterBar>
      <CursorTable<Recipient>
        list={list}
        columns={useColumns(broadcast)}
        rowKey="fanId"
        onOpen={(row) => void navigate(`/accounts/${accountId}/fans/${row.fanId}`)}
        empty={
          <EmptyState
            title={t(narrowed ? 'common.noMatch' : 'recipients.empty')}
            hint={t(narrowed ? 'common.noMatchHint' : 'recipients.emptyHint')}
          />
        }
      />
    </>
  )
}

function useColumns(broadcast: Broadcast): TableColumnsType<Recipient> {
  const { t } = useTranslation()
  const explain = useReason()
  return [
    {
      title: t('fans.fan'),
      render: (_, row) => (
        <>
          {row.remark && <div>{row.remark}</div>}
          <span className="w-mono w-soft">{row.openid}</span>
        </>
      ),
    },
    ...(broadcast.groups.flatMap(({ arms }) => arms).length > 1
      ? [
          {
            title: t('massGroups.group'),
            width: 200,
            render: (_: unknown, row: Recipient) => partName(t, broadcast, row.arm),
          },
        ]
      : []),
    {
      title: t('batches.batch'),
      width: 90,
      render: (_, row) =>
        row.batchSeq === null ? <span className="w-faint">—</span> : `#${placeInArm(row.batchSeq)}`,
    },
    { title: t('common.state'), width: 130, render: (_, row) => <DeliveryTag state={row.state} /> },
    {
      title: t('recipients.reason'),
      render: (_, row) =>
        row.reason === null ? <span className="w-faint">—</span> : explain(row.reason).text,
    },
  ]
}
