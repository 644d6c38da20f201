import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { fanBroadcastsEndpoint } from '../schema.ts'
import { useReason } from './reasons.ts'
import { DeliveryTag } from './words.tsx'
import './broadcasts.css'

/** What was sent to a fan, or why not, and what the month has left. */
export function FanBroadcasts({
  accountId,
  fanId,
  title,
}: {
  accountId: string
  fanId: string
  title?: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const query = useEndpoint(fanBroadcastsEndpoint, { params: { accountId, fanId } }, { every: 10_000 })
  return (
    <section className="w-panel">
      <h2>{title ?? t('fans.received')}</h2>
      <Loaded query={query} rows={3}>
        {({ month, items }) => (
          <>
            <MonthLeft month={month.month} used={month.used} limit={month.limit} />
            {items.length === 0 ? (
              <EmptyState compact title={t('fans.nothingSent')} />
            ) : (
              <Table
                size="small"
                rowKey="broadcastId"
                dataSource={items}
                pagination={{ pageSize: 10, hideOnSinglePage: true, size: 'small' }}
                scroll={{ x: 400 }}
                columns={[
                  {
                    title: t('broadcasts.name'),
                    render: (_, row) => (
                      <Link to={`/accounts/${accountId}/broadcasts/${row.broadcastId}`}>{row.name}</Link>
                    ),
                  },
                  {
                    title: t('common.state'),
                    render: (_, row) => (
                      <>
                        <DeliveryTag state={row.state} />
                        {row.reason !== null && (
                          <div className="w-faint w-small">{explain(row.reason).text}</div>
                        )}
                      </>
                    ),
                  },
                  {
                    title: t('broadcasts.time'),
                    className: 'w-nowrap',
                    render: (_, row) => format.instant(row.at),
                  },
                ]}
              />
            )}
          </>
        )}
      </Loaded>
    </section>
  )
}

function MonthLeft({ month, used, limit }: { month: string; used: number; limit: number | null }) {
  const { t } = useTranslation()
  if (limit === null) return <p className="w-soft">{t('fans.monthNoLimit')}</p>
  return (
    <div className="w-row" style={{ marginBottom: 12 }}>
      {limit <= 12 && (
        <span className="w-month-left" aria-hidden="true">
          {Array.from({ length: limit }, (_, place) => (
            <i key={place} className={place < used ? 'w-used' : ''} />
          ))}
        </span>
      )}
      <span>{t('fans.monthLeft', { month, left: Math.max(0, limit - used), limit })}</span>
    </div>
  )
}
