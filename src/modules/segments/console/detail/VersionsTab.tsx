import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { StateTag, type Tone } from '../../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import {
  listSnapshotsEndpoint,
  type Segment,
  type Snapshot,
  type SnapshotState,
} from '../../schema/segment.ts'
import { failureText } from '../pages/words.tsx'

const TONES: Record<SnapshotState, Tone> = {
  queued: 'idle',
  running: 'busy',
  ready: 'good',
  failed: 'bad',
  dropped: 'idle',
}

/** Every computation: of which version of the rule, why, how many, how long. */
export function VersionsTab({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const format = useFormat()
  const list = useCursorList(listSnapshotsEndpoint, { params: { segmentId: segment.id } }, { every: 10_000 })
  const columns: TableColumnsType<Snapshot> = [
    {
      title: t('segments.at'),
      width: 170,
      render: (_, row) => (
        <>
          {format.instant(row.at)}
          {row.id === segment.snapshotId && (
            <div>
              <StateTag tone="good">{t('segments.current')}</StateTag>
            </div>
          )}
        </>
      ),
    },
    {
      title: t('segments.versionLabel'),
      width: 90,
      render: (_, row) => t('segments.version', { number: row.version }),
    },
    { title: t('segments.cause'), width: 110, render: (_, row) => t(`segments.causeOf.${row.cause}`) },
    { title: t('segments.size'), width: 110, align: 'right', render: (_, row) => format.number(row.size) },
    {
      title: t('segments.took'),
      width: 100,
      align: 'right',
      render: (_, row) => (row.tookMs === null ? '—' : `${format.number(row.tookMs)} ms`),
    },
    {
      title: t('common.state'),
      render: (_, row) => (
        <>
          <StateTag tone={TONES[row.state]} pulse={row.state === 'running'}>
            {t(`segments.snapshotState.${row.state}`)}
          </StateTag>
          {row.failureReason !== null && (
            <div className="w-small w-soft">{failureText(row.failureReason)}</div>
          )}
        </>
      ),
    },
  ]
  return (
    <CursorTable<Snapshot>
      list={list}
      columns={columns}
      rowKey="id"
      empty={
        <EmptyState
          title={t('segments.historyNone')}
          hint={segment.updateKind === 'live' ? t('segments.historyLiveHint') : undefined}
        />
      }
    />
  )
}
