import { Button, Segmented, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { lookUp } from '../../../console/ui/error-text.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { listRecentMessagesEndpoint, type RecentMessage, type Source } from '../schema.ts'
import { MessageDetail, Refused } from './MessageDetail.tsx'
import { RejectionsPanel } from './RejectionsPanel.tsx'

const EVERY_MS = 1_000
const OUTCOMES = ['all', 'accepted', 'rejected'] as const

/** Whether data arrives: the newest messages as they come, taken or not. */
export function LivePanel({ source }: { source: Source }) {
  const { t } = useTranslation()
  const filters = useFilters(['outcome'])
  const [paused, setPaused] = useState(false)
  const query = useEndpoint(
    listRecentMessagesEndpoint,
    { params: { sourceId: source.id }, query: { limit: 50 } },
    { every: paused ? false : EVERY_MS },
  )
  const outcome = OUTCOMES.find((one) => one === filters.values.outcome) ?? 'all'
  return (
    <div className="w-stack">
      <section className="w-table-panel">
        <div className="w-row" style={{ justifyContent: 'space-between', padding: '12px 16px' }}>
          <span className="w-soft">{t('sources.liveHint')}</span>
          <span className="w-row">
            <Segmented
              size="small"
              value={outcome}
              onChange={(next) => filters.set('outcome', next === 'all' ? undefined : next)}
              options={OUTCOMES.map((value) => ({ value, label: t(`sources.filter.${value}`) }))}
            />
            <Button size="small" onClick={() => setPaused(!paused)}>
              {t(paused ? 'sources.resume' : 'sources.pause')}
            </Button>
          </span>
        </div>
        <Loaded query={query} rows={5}>
          {({ items }) => (
            <Messages items={items.filter((one) => outcome === 'all' || one.outcome === outcome)} />
          )}
        </Loaded>
      </section>
      <RejectionsPanel sourceId={source.id} />
    </div>
  )
}

function Messages({ items }: { items: RecentMessage[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (items.length === 0)
    return (
      <EmptyState
        title={
          <StateTag tone="busy" pulse>
            {t('sources.waiting')}
          </StateTag>
        }
        hint={t('sources.waitingHint')}
      />
    )
  return (
    <Table<RecentMessage>
      size="small"
      rowKey={({ outcome, id }) => `${outcome}.${id}`}
      rowClassName="w-message-new"
      pagination={false}
      scroll={{ x: 720 }}
      dataSource={items}
      expandable={{ expandedRowRender: (row) => <MessageDetail message={row} />, expandRowByClick: true }}
      columns={[
        {
          title: t('sources.lastReceived'),
          width: 160,
          render: (_, { receivedAt }) => (
            <span className="w-nowrap w-mono">{format.second(receivedAt).slice(5)}</span>
          ),
        },
        {
          title: t('common.state'),
          width: 110,
          render: (_, { outcome }) => (
            <StateTag tone={outcome === 'accepted' ? 'good' : 'bad'}>
              {t(`sources.outcome.${outcome}`)}
            </StateTag>
          ),
        },
        {
          title: t('sources.event'),
          render: (_, row) =>
            row.outcome === 'accepted' ? (
              <>
                {lookUp('events.names', row.name) ?? row.name} <Gist properties={row.properties} />
              </>
            ) : (
              <Refused rejection={row} />
            ),
        },
        {
          title: t('sources.person'),
          width: 120,
          render: (_, row) =>
            row.outcome === 'accepted' && row.contactId !== null ? (
              <Link to={`/customers/${row.contactId}`} onClick={(event) => event.stopPropagation()}>
                #{row.contactId}
              </Link>
            ) : (
              t('sources.nobody')
            ),
        },
      ]}
    />
  )
}

/** A few of its properties; our own and the SDKs' begin with a dollar sign. */
function Gist({ properties }: { properties: Record<string, unknown> | null }) {
  const shown = Object.entries(properties ?? {})
    .filter(([name, value]) => !name.startsWith('$') && typeof value !== 'object')
    .slice(0, 4)
    .map(([name, value]) => `${name}: ${String(value).slice(0, 40)}`)
  return <span className="w-faint w-small">{shown.join('，')}</span>
}
