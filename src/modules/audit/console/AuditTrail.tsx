import { Button, Timeline } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { EmptyState, ErrorState, LoadingState, NoPermissionState } from '../../../console/ui/states.tsx'
import { listAuditEntriesEndpoint } from '../schema.ts'
import { actionText } from './words.tsx'

/** Who did what with one thing, beside that thing. */
export function AuditTrail({ subjectKind, subjectId }: { subjectKind: string; subjectId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const allowed = useCan('audit:read')
  const list = useCursorList(
    listAuditEntriesEndpoint,
    { query: { subjectKind, subjectId } },
    { enabled: allowed },
  )
  if (!allowed) return <NoPermissionState what={t('audit.trailNoPermission')} />
  if (list.error) return <ErrorState error={list.error} onRetry={list.refetch} />
  if (list.isLoading) return <LoadingState rows={3} />
  if (list.items.length === 0) return <EmptyState compact title={t('audit.empty')} />
  return (
    <>
      <Timeline
        items={list.items.map((entry) => ({
          key: entry.id,
          content: (
            <>
              <strong>{actionText(entry.action)}</strong> ·{' '}
              {entry.actorKind === 'system' ? t('common.system') : entry.actorName}
              <div className="w-faint w-small">{format.second(entry.at)}</div>
            </>
          ),
        }))}
      />
      {list.hasMore && (
        <Button size="small" loading={list.isLoadingMore} onClick={list.loadMore}>
          {t('common.loadMore')}
        </Button>
      )}
    </>
  )
}
