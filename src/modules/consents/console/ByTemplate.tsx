import { Table, type TableColumnsType, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { TemplateState } from '../../templates/console/index.ts'
import { listSubscriptionsEndpoint, type SubscriptionSummary } from '../schema.ts'
import { SubscribersDrawer } from './SubscribersDrawer.tsx'

/** How many people each subscription template can reach now, followed and unfollowed apart. */
export function ByTemplate() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const seesPeople = useCan('contacts:read')
  const filters = useFilters(['template', 'state', 'following'])
  const query = useEndpoint(listSubscriptionsEndpoint, { params: { accountId } }, { every: 15_000 })
  const columns = useColumns()
  const open = (id: string | undefined) => filters.set('template', id)
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <div className="w-table-panel">
            <EmptyState
              title={t('consents.empty')}
              hint={t('consents.emptyHint')}
              action={<Link to={`/accounts/${accountId}/templates`}>{t('consents.toTemplates')}</Link>}
            />
          </div>
        ) : (
          <>
            <Totals items={items} />
            <div className="w-table-panel" style={{ marginTop: 12 }}>
              <Table<SubscriptionSummary>
                size="middle"
                rowKey="id"
                columns={columns}
                dataSource={items}
                pagination={false}
                scroll={{ x: 860 }}
                {...(seesPeople && {
                  rowClassName: () => 'w-clickable',
                  onRow: ({ id }: SubscriptionSummary) => ({ onClick: () => open(id) }),
                })}
              />
            </div>
            <SubscribersDrawer
              template={items.find(({ id }) => id === filters.values.template)}
              filters={filters}
              onClose={() => filters.clear()}
            />
          </>
        )
      }
    </Loaded>
  )
}

function Totals({ items }: { items: SubscriptionSummary[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sum = (of: 'following' | 'unfollowed' | 'rejected') =>
    format.number(items.reduce((total, { subscribers }) => total + subscribers[of], 0))
  return (
    <StatRow>
      <NumberStat label={t('consents.following')} value={sum('following')} hint={t('consents.totalHint')} />
      <NumberStat
        label={t('consents.unfollowed')}
        value={sum('unfollowed')}
        hint={`${t('consents.unfollowedHint')}${t('consents.totalHint')}`}
      />
      <NumberStat label={t('consents.rejected')} value={sum('rejected')} hint={t('consents.totalHint')} />
    </StatRow>
  )
}

function useColumns(): TableColumnsType<SubscriptionSummary> {
  const { t } = useTranslation()
  const format = useFormat()
  const number = (of: 'following' | 'unfollowed' | 'rejected') => ({
    align: 'right' as const,
    width: 120,
    render: (_: unknown, { subscribers }: SubscriptionSummary) => format.number(subscribers[of]),
  })
  return [
    {
      title: t('consents.template'),
      render: (_, { title, term }) => (
        <>
          <strong>{title}</strong>
          <div className="w-faint">{term && t(`templates.term.${term}`)}</div>
        </>
      ),
    },
    {
      title: t('consents.reachable'),
      align: 'right',
      width: 120,
      render: (_, { subscribers: { following, unfollowed } }) => (
        <strong>{format.number(following + unfollowed)}</strong>
      ),
    },
    { title: t('consents.following'), ...number('following') },
    {
      title: <Tooltip title={t('consents.unfollowedHint')}>{t('consents.unfollowed')}</Tooltip>,
      ...number('unfollowed'),
    },
    {
      title: <Tooltip title={t('consents.sendsLeftHint')}>{t('consents.sendsLeft')}</Tooltip>,
      align: 'right',
      width: 120,
      render: (_, { term, subscribers }) =>
        term === 'long-term' ? t('consents.unlimited') : format.number(subscribers.sendsLeft),
    },
    { title: t('consents.rejected'), ...number('rejected') },
    {
      title: t('common.state'),
      width: 110,
      render: (_, template) => <TemplateState template={template} />,
    },
  ]
}
