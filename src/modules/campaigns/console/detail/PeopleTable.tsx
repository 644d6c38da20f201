import { Button, Checkbox, Select, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { FilterBar, type useFilters } from '../../../../console/ui/filters.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { DeliveryTag } from '../../../deliveries/console/index.ts'
import { DELIVERY_STATES, type DeliveryState } from '../../../deliveries/schema.ts'
import { type Campaign, type CampaignPerson, type Figures, listCampaignPeopleEndpoint } from '../../schema.ts'
import { PersonName } from '../PersonName.tsx'
import { useReason } from '../reasons.ts'
import { useReasonColumn } from '../use-reason-column.tsx'
import { isLive } from '../words.tsx'
import { ResolveModal } from './ResolveModal.tsx'

type Filters = ReturnType<typeof useFilters<'tab' | 'state' | 'reason' | 'run' | 'clicked' | 'converted'>>

/** Everybody of the send with state and reason; each leads to why. */
export function PeopleTable({
  campaign,
  reasons,
  filters,
  onWhy,
}: {
  campaign: Campaign
  reasons: Figures['reasons']
  filters: Filters
  onWhy: (contactId: string) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const { state, reason, run, clicked, converted } = filters.values
  const list = useCursorList(
    listCampaignPeopleEndpoint,
    {
      params: { accountId: campaign.accountId, campaignId: campaign.id },
      query: {
        ...(state && { state: state as DeliveryState }),
        ...(reason && { reason }),
        ...(run && { runId: run }),
        ...(clicked && { clicked: 'true' as const }),
        ...(converted && { converted: 'true' as const }),
      },
    },
    { every: isLive(campaign.state) ? 5_000 : false },
  )
  const [resolving, setResolving] = useState<CampaignPerson | undefined>()
  const columns = useColumns({ onWhy, onResolve: setResolving })
  return (
    <>
      <FilterBar>
        <Select
          allowClear
          placeholder={t('campaigns.people.all')}
          aria-label={t('common.state')}
          style={{ width: 150 }}
          value={state ?? null}
          onChange={(value?: string | null) => filters.set('state', value ?? undefined)}
          options={DELIVERY_STATES.map((value) => ({ value, label: t(`campaigns.delivery.${value}`) }))}
        />
        <Select
          allowClear
          placeholder={t('campaigns.people.reason')}
          aria-label={t('campaigns.people.reason')}
          style={{ width: 280 }}
          value={reason ?? null}
          onChange={(value?: string | null) => filters.set('reason', value ?? undefined)}
          options={[...new Set(reasons.map((one) => one.reason))].map((value) => ({
            value,
            label: `${explain(value).text}（${format.number(
              reasons.filter((one) => one.reason === value).reduce((sum, { count }) => sum + count, 0),
            )}）`,
          }))}
        />
        <Checkbox
          checked={clicked === 'true'}
          onChange={(event) => filters.set('clicked', event.target.checked ? 'true' : undefined)}
        >
          {t('campaigns.people.onlyClicked')}
        </Checkbox>
        <Checkbox
          checked={converted === 'true'}
          onChange={(event) => filters.set('converted', event.target.checked ? 'true' : undefined)}
        >
          {t('campaigns.people.onlyConverted')}
        </Checkbox>
        {run !== undefined && (
          <Button size="small" onClick={() => filters.set('run', undefined)}>
            {t('campaigns.people.run')} ×
          </Button>
        )}
      </FilterBar>
      <CursorTable<CampaignPerson>
        list={list}
        columns={columns}
        rowKey="deliveryId"
        minWidth={820}
        onOpen={(row) => onWhy(row.contactId)}
        empty={<EmptyState compact title={t('campaigns.people.empty')} />}
      />
      {campaign.sendId !== null && (
        <ResolveModal
          accountId={campaign.accountId}
          sendId={campaign.sendId}
          deliveryId={resolving?.deliveryId}
          number={1}
          open={resolving !== undefined}
          onClose={() => setResolving(undefined)}
        />
      )}
    </>
  )
}

function useColumns({
  onWhy,
  onResolve,
}: {
  onWhy: (contactId: string) => void
  onResolve: (person: CampaignPerson) => void
}): TableColumnsType<CampaignPerson> {
  const { t } = useTranslation()
  const format = useFormat()
  const reason = useReasonColumn<CampaignPerson>()
  const maySend = useCan('campaigns:send')
  return [
    { title: t('campaigns.people.person'), render: (_, row) => <PersonName person={row} /> },
    {
      title: t('campaigns.people.state'),
      width: 130,
      render: (_, row) => <DeliveryTag state={row.state} />,
    },
    reason,
    {
      title: t('campaigns.people.settled'),
      width: 150,
      className: 'w-nowrap',
      render: (_, row) =>
        row.settledAt === null ? (
          <span className="w-soft">
            {t('campaigns.people.due')} {format.instant(row.dueAt)}
          </span>
        ) : (
          format.instant(row.settledAt)
        ),
    },
    {
      title: '',
      width: 150,
      className: 'w-nowrap',
      render: (_, row) => (
        <span onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
          <Button type="link" size="small" onClick={() => onWhy(row.contactId)}>
            {t('campaigns.people.why')}
          </Button>
          {row.state === 'unknown' && maySend && (
            <Button type="link" size="small" onClick={() => onResolve(row)}>
              {t('campaigns.resolve.one')}
            </Button>
          )}
        </span>
      ),
    },
  ]
}
