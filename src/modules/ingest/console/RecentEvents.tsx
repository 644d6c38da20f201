import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useBusinessNow } from '../../../console/clock.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { listAccountEventsEndpoint } from '../schema.ts'
import { eventGist, eventName } from './words.ts'

/** What came in from WeChat lately: shows at a glance whether callbacks arrive. */
export function RecentEvents() {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  const accountId = useAccountId()
  const query = useEndpoint(
    listAccountEventsEndpoint,
    { params: { accountId }, query: { limit: 8 } },
    { every: 10_000 },
  )
  return (
    <section className="w-panel">
      <h2>{t('events.recent')}</h2>
      <Loaded query={query} rows={4}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title={t('events.none')} hint={t('events.noneHint')} />
          ) : (
            items.map((event) => (
              <div className="w-row" key={event.id} style={{ flexWrap: 'nowrap', padding: '5px 0' }}>
                <span className="w-nowrap">
                  {event.fanId === null ? (
                    eventName(event.name)
                  ) : (
                    <Link to={`/accounts/${accountId}/fans/${event.fanId}`}>{eventName(event.name)}</Link>
                  )}
                </span>
                <span className="w-soft w-ellipsis" style={{ flex: 1 }}>
                  {eventGist(event)}
                </span>
                <span className="w-faint w-small w-nowrap">{format.ago(event.at, now)}</span>
              </div>
            ))
          )
        }
      </Loaded>
    </section>
  )
}
