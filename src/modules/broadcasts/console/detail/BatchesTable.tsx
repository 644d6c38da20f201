import { Button, Popconfirm, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList, useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { FilterBar } from '../../../../console/ui/filters.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import {
  type Batch,
  type Broadcast,
  getBroadcastEndpoint,
  listBatchesEndpoint,
  listRecipientsEndpoint,
  retryBatchEndpoint,
} from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { DeliveryTag, isMoving, partName } from '../words.tsx'
import { ArmSelect } from './ArmSelect.tsx'
import { BatchDetail } from './BatchDetail.tsx'
import { ResolveModal } from './ResolveModal.tsx'
import type { DetailFilters } from './use-detail-filters.ts'

const CHANGED = [getBroadcastEndpoint, listBatchesEndpoint, listRecipientsEndpoint]

export function BatchesTable({
  broadcast,
  filters,
  onPeople,
}: {
  broadcast: Broadcast
  filters: DetailFilters
  onPeople: (seq: string) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { arm } = filters.values
  const [resolving, setResolving] = useState<Batch | undefined>()
  const list = useCursorList(
    listBatchesEndpoint,
    { params: { accountId, broadcastId: broadcast.id }, query: { ...(arm && { arm }) } },
    { every: isMoving(broadcast.label) ? 2_000 : 10_000 },
  )
  const columns = useColumns({ broadcast, onPeople, onResolve: setResolving })
  return (
    <>
      {broadcast.groups.flatMap(({ arms }) => arms).length > 1 && (
        <FilterBar>
          <ArmSelect broadcast={broadcast} filters={filters} />
        </FilterBar>
      )}
      <CursorTable<Batch>
        list={list}
        columns={columns}
        rowKey="seq"
        minWidth={880}
        expandable={{ expandedRowRender: (batch) => <BatchDetail batch={batch} /> }}
        empty={
          <EmptyState
            title={t('batches.empty')}
            hint={t(broadcast.state === 'draft' ? 'batches.emptyDraft' : 'batches.emptyHint')}
          />
        }
      />
      <ResolveModal broadcastId={broadcast.id} batch={resolving} onClose={() => setResolving(undefined)} />
    </>
  )
}

type Options = { broadcast: Broadcast; onPeople: (seq: string) => void; onResolve: (batch: Batch) => void }

function useColumns({ broadcast, onPeople, onResolve }: Options): TableColumnsType<Batch> {
  const { t } = useTranslation()
  const format = useFormat()
  const exact = broadcast.path === 'list'
  return [
    {
      title: t('batches.seq'),
      width: broadcast.groups.flatMap(({ arms }) => arms).length > 1 ? 130 : 70,
      render: (_, batch) => <BatchName broadcast={broadcast} batch={batch} />,
    },
    {
      title: t('batches.size'),
      align: 'right',
      width: 100,
      render: (_, batch) =>
        exact ? (
          <Button type="link" size="small" style={{ padding: 0 }} onClick={() => onPeople(String(batch.seq))}>
            {format.number(batch.size)}
          </Button>
        ) : (
          `≈ ${format.number(batch.size)}`
        ),
    },
    { title: t('common.state'), render: (_, batch) => <StateAndReason batch={batch} /> },
    { title: t('batches.result'), render: (_, batch) => <Reconciled batch={batch} /> },
    {
      title: t('batches.when'),
      width: 190,
      className: 'w-nowrap',
      render: (_, batch) => (
        <>
          {format.second(batch.finishedAt ?? batch.acceptedAt ?? batch.intentAt ?? batch.dueAt)}
          <div className="w-faint w-small">
            {t(
              batch.finishedAt
                ? 'batches.finished'
                : batch.acceptedAt
                  ? 'batches.accepted'
                  : batch.intentAt
                    ? 'batches.called'
                    : 'batches.due',
            )}
          </div>
        </>
      ),
    },
    {
      key: 'actions',
      className: 'w-right w-nowrap',
      render: (_, batch) => (
        <Actions broadcastId={broadcast.id} batch={batch} onResolve={() => onResolve(batch)} />
      ),
    },
  ]
}

function BatchName({ broadcast, batch }: { broadcast: Broadcast; batch: Batch }) {
  const { t } = useTranslation()
  const isOne = broadcast.groups.flatMap(({ arms }) => arms).length === 1
  return (
    <>
      #{batch.place}
      {!isOne && <div className="w-faint w-small">{partName(t, broadcast, batch.arm)}</div>}
    </>
  )
}

function StateAndReason({ batch }: { batch: Batch }) {
  const explain = useReason()
  const words = batch.reason === null ? undefined : explain(batch.reason, batch.detail)
  return (
    <>
      <DeliveryTag state={batch.state} />
      {words && (
        <div className="w-small" style={{ maxWidth: 300 }}>
          {words.text} {words.advice !== undefined && <span className="w-faint">{words.advice}</span>}
        </div>
      )}
    </>
  )
}

/** WeChat's result names nobody, so it is told as totals: "submitted in job X, 955 of 960". */
function Reconciled({ batch }: { batch: Batch }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (batch.msgId === null) return <span className="w-faint">—</span>
  const counted = batch.sentCount !== null
  return (
    <div className="w-small">
      {counted
        ? t('batches.reconciled', {
            job: batch.msgId,
            sent: format.number(batch.sentCount),
            total: format.number(batch.totalCount ?? batch.size),
          })
        : t('batches.submitted', { job: batch.msgId })}
    </div>
  )
}

function Actions({
  broadcastId,
  batch,
  onResolve,
}: {
  broadcastId: string
  batch: Batch
  onResolve: () => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const maySend = useCan('broadcasts:send')
  const retry = useEndpointMutation(retryBatchEndpoint, {
    invalidates: CHANGED,
    success: t('batches.retried'),
  })
  const again = (allowReprint: boolean) =>
    retry.mutate({ params: { accountId, broadcastId, seq: batch.seq }, body: { allowReprint } })
  return (
    <>
      {batch.canRetry && (
        <Popconfirm
          title={t('batches.retryTitle')}
          description={t('batches.retryHint')}
          okText={t('batches.retry')}
          disabled={!maySend}
          onConfirm={() => again(false)}
        >
          <Button size="small" disabled={!maySend} loading={retry.isPending}>
            {t('batches.retry')}
          </Button>
        </Popconfirm>
      )}
      {batch.canAllowReprint && (
        <Popconfirm
          title={t('massFollowing.reprint.retryTitle')}
          description={t('massFollowing.reprint.retryHint')}
          okText={t('massFollowing.reprint.retry')}
          disabled={!maySend}
          onConfirm={() => again(true)}
        >
          <Button size="small" disabled={!maySend} loading={retry.isPending}>
            {t('massFollowing.reprint.retry')}
          </Button>
        </Popconfirm>
      )}
      {batch.canResolve && (
        <Button size="small" disabled={!maySend} onClick={onResolve}>
          {t('batches.resolve')}
        </Button>
      )}
    </>
  )
}
