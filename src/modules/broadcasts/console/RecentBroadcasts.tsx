import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { listBroadcastsEndpoint } from '../schema.ts'
import { TotalsBar } from './TotalsBar.tsx'
import { isMoving, LabelTag } from './words.tsx'
import './recent.css'

/** The last few mass sends and where they stand. */
export function RecentBroadcasts() {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const mayWrite = useCan('broadcasts:write')
  const base = `/accounts/${accountId}/broadcasts`
  const query = useEndpoint(
    listBroadcastsEndpoint,
    { params: { accountId }, query: { limit: 6 } },
    { every: 5_000 },
  )
  return (
    <section className="w-panel">
      <h2 className="w-row" style={{ justifyContent: 'space-between' }}>
        {t('overview.recentSends')}
        <Link to={base} className="w-small">
          {t('overview.seeAll')}
        </Link>
      </h2>
      <Loaded query={query} rows={4}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              compact
              title={t('broadcasts.empty.all')}
              hint={t('broadcasts.emptyHint.all')}
              action={
                mayWrite && (
                  <Link to={`${base}/new`}>
                    <Button type="primary">{t('broadcasts.new')}</Button>
                  </Link>
                )
              }
            />
          ) : (
            items.map((item) => (
              <Link
                className="w-recent"
                key={item.id}
                to={`${base}/${item.id}${item.state === 'draft' && mayWrite ? '/edit' : ''}`}
              >
                <span className="w-recent-name">
                  <span className="w-ellipsis">{item.name}</span>
                  <small>{format.instant(item.confirmedAt ?? item.createdAt)}</small>
                </span>
                <LabelTag label={item.label} />
                <span className="w-recent-bar">
                  {item.state === 'draft' ? (
                    <span className="w-faint w-small">{t('broadcasts.notSentYet')}</span>
                  ) : (
                    <TotalsBar totals={item.totals} moving={isMoving(item.label)} />
                  )}
                </span>
              </Link>
            ))
          )
        }
      </Loaded>
    </section>
  )
}
