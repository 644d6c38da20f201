import { Button, Timeline } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import { type ContactEvent, EVENTS, listFanEventsEndpoint } from '../schema.ts'
import { ToldOf } from './ToldOf.tsx'
import { eventGist, eventName } from './words.ts'

const COLOURS: Record<string, string> = {
  [EVENTS.follow]: 'var(--w-good)',
  [EVENTS.unfollow]: 'var(--w-bad)',
  [EVENTS.message]: 'var(--w-accent)',
}

/** What a fan did, newest first. */
export function FanTimeline({ fanId }: { fanId: string }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const list = useCursorList(listFanEventsEndpoint, { params: { accountId, fanId } }, { every: 10_000 })
  return (
    <section className="w-panel">
      <h2>{t('events.timeline')}</h2>
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState rows={3} />}
      {!list.isLoading && !list.error && list.items.length === 0 && (
        <EmptyState compact title={t('events.empty')} hint={t('events.emptyHint')} />
      )}
      <Timeline
        items={list.items.map((event) => ({
          key: event.id,
          color: COLOURS[event.name] ?? 'gray',
          content: <Line event={event} />,
        }))}
      />
      {list.hasMore && (
        <Button size="small" loading={list.isLoadingMore} onClick={list.loadMore}>
          {t('common.loadMore')}
        </Button>
      )}
    </section>
  )
}

function Line({ event }: { event: ContactEvent }) {
  const format = useFormat()
  const gist = eventGist(event)
  return (
    <>
      <strong>{eventName(event.name)}</strong>
      {gist !== undefined && <span className="w-soft"> {gist}</span>}
      <ToldOf told={event.told} accountId={event.accountId} />
      <div className="w-faint w-small">{format.second(event.at)}</div>
    </>
  )
}
