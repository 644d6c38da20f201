import { Button, Drawer, Segmented, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { listReplyMissesEndpoint } from '../schema.ts'

const DAYS = [1, 7, 30] as const

/** 没人答的话: what fans typed that no keyword matched, and a rule from it in one step. */
export function MissesDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer open={open} size={720} title={t('replies.misses.title')} destroyOnHidden onClose={onClose}>
      {open && <Misses />}
    </Drawer>
  )
}

function Misses() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('replies:write')
  const [days, setDays] = useState<number>(7)
  const query = useEndpoint(
    listReplyMissesEndpoint,
    { params: { accountId }, query: { days } },
    { keepPrevious: true },
  )
  return (
    <div className="w-stack">
      <div className="w-row">
        <Segmented
          value={days}
          onChange={setDays}
          options={DAYS.map((value) => ({ value, label: t('replies.misses.days', { count: value }) }))}
        />
        {query.data !== undefined && (
          <span className="w-soft w-small">
            {t('replies.misses.looked', { number: format.number(query.data.messages) })}
          </span>
        )}
      </div>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('replies.misses.empty')} hint={t('replies.misses.emptyHint')} />
          ) : (
            <Table
              size="small"
              rowKey="text"
              pagination={false}
              dataSource={items}
              scroll={{ x: 660 }}
              columns={[
                {
                  title: t('replies.misses.text'),
                  render: (_, { text, byDefault }) => (
                    <>
                      <span className="w-reply-line">{text}</span>
                      <span className="w-faint w-small">
                        {t(byDefault ? 'replies.misses.byDefault' : 'replies.misses.byNobody')}
                      </span>
                    </>
                  ),
                },
                {
                  title: t('replies.misses.times'),
                  align: 'right',
                  width: 80,
                  render: (_, { times }) => format.number(times),
                },
                {
                  title: t('replies.misses.people'),
                  align: 'right',
                  width: 80,
                  render: (_, { people }) => format.number(people),
                },
                {
                  title: t('replies.misses.last'),
                  width: 150,
                  render: (_, { lastAt }) => format.instant(lastAt),
                },
                {
                  width: 110,
                  render: (_, { text }) => (
                    <Button
                      size="small"
                      disabled={!mayWrite}
                      onClick={() =>
                        void navigate(
                          `/accounts/${accountId}/replies/new?${new URLSearchParams({ kind: 'keyword', word: text })}`,
                        )
                      }
                    >
                      {t('replies.misses.make')}
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </div>
  )
}
