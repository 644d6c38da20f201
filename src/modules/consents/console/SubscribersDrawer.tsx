import { Drawer, Segmented, Select, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { FilterBar } from '../../../console/ui/filters.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import {
  listSubscribersEndpoint,
  type Subscriber,
  type SubscriberState,
  type SubscriptionSummary,
} from '../schema.ts'

const STATES = ['reachable', 'used-up', 'rejected'] as const

type Filters = {
  values: { state?: string; following?: string }
  set(name: 'state' | 'following', value: string | undefined): void
}

/** The people behind a template's numbers. */
export function SubscribersDrawer({
  template,
  filters,
  onClose,
}: {
  template: SubscriptionSummary | undefined
  filters: Filters
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <Drawer
      open={template !== undefined}
      onClose={onClose}
      size={760}
      destroyOnHidden
      title={t('consents.peopleOf', { title: template?.title })}
    >
      {template && <Subscribers template={template} filters={filters} />}
    </Drawer>
  )
}

function Subscribers({ template, filters }: { template: SubscriptionSummary; filters: Filters }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { state, following } = filters.values
  const list = useCursorList(listSubscribersEndpoint, {
    params: { accountId, templateId: template.id },
    query: { ...(state && { state: state as SubscriberState }), ...(following && { following }) },
  })
  const filtered = state !== undefined || following !== undefined
  return (
    <>
      <FilterBar>
        <Segmented
          value={state ?? 'all'}
          onChange={(value) => filters.set('state', value === 'all' ? undefined : value)}
          options={[
            { value: 'all', label: t('consents.anyState') },
            ...STATES.map((value) => ({ value, label: t(`consents.state.${value}`) })),
          ]}
        />
        <Select
          allowClear
          placeholder={t('consents.followState')}
          style={{ width: 140 }}
          value={following ?? null}
          onChange={(value) => filters.set('following', value ?? undefined)}
          options={[
            { value: 'true', label: t('consents.following') },
            { value: 'false', label: t('consents.unfollowed') },
          ]}
        />
      </FilterBar>
      <CursorTable<Subscriber>
        list={list}
        columns={useColumns(template)}
        rowKey="fanId"
        minWidth={680}
        empty={
          filtered ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState title={t('consents.peopleEmpty')} hint={t('consents.peopleEmptyHint')} />
          )
        }
      />
    </>
  )
}

function useColumns({ term }: SubscriptionSummary): TableColumnsType<Subscriber> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('consents.person'),
      render: (_, { contactId, name, openid }) => (
        <>
          <Link to={`/customers/${contactId}?tab=consents`}>{name || t('consents.noName')}</Link>
          <div className="w-faint w-mono">{openid}</div>
        </>
      ),
    },
    {
      title: t('consents.followState'),
      render: (_, { following }) => t(`consents.${following ? 'following' : 'unfollowed'}`),
    },
    {
      title: t('consents.sendsLeft'),
      align: 'right',
      render: (_, { left }) =>
        term === 'long-term' && left > 0 ? t('consents.unlimited') : format.number(left),
    },
    {
      title: t('common.state'),
      render: (_, row) => <GrantState left={row.left} rejected={row.rejected} />,
    },
    { title: t('consents.acceptedAt'), render: (_, { acceptedAt }) => format.instant(acceptedAt) },
    { title: t('consents.rejectedAt'), render: (_, { rejectedAt }) => format.instant(rejectedAt) },
  ]
}

export function GrantState({ left, rejected }: { left: number; rejected: boolean }) {
  const { t } = useTranslation()
  if (left > 0) return <StateTag tone="good">{t('consents.state.reachable')}</StateTag>
  return (
    <StateTag tone={rejected ? 'bad' : 'idle'}>
      {t(`consents.state.${rejected ? 'rejected' : 'used-up'}`)}
    </StateTag>
  )
}
