import { Button, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { DeliveryTag } from '../../deliveries/console/index.ts'
import { contactCampaignsEndpoint, type Touch } from '../schema.ts'
import { useReasonColumn } from './use-reason-column.tsx'
import { WhyDrawer } from './why/WhyDrawer.tsx'

/** Everything campaigns planned for one person, with state, reason and why. */
export function PersonCampaigns({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const list = useCursorList(
    contactCampaignsEndpoint,
    { params: { contactId }, query: {} },
    { every: 10_000 },
  )
  const [asked, setAsked] = useState<Touch | undefined>()
  return (
    <>
      <CursorTable<Touch>
        list={list}
        columns={useColumns(setAsked)}
        rowKey="deliveryId"
        minWidth={760}
        onOpen={setAsked}
        empty={
          <EmptyState compact title={t('campaigns.person.empty')} hint={t('campaigns.person.emptyHint')} />
        }
      />
      <WhyDrawer
        accountId={asked?.accountId ?? ''}
        campaignId={asked?.campaignId ?? ''}
        contactId={asked === undefined ? undefined : contactId}
        onClose={() => setAsked(undefined)}
      />
    </>
  )
}

function useColumns(onWhy: (row: Touch) => void): TableColumnsType<Touch> {
  const { t } = useTranslation()
  const format = useFormat()
  const reason = useReasonColumn<Touch>()
  return [
    {
      title: t('campaigns.person.campaign'),
      render: (_, row) => (
        <>
          <Link to={`/accounts/${row.accountId}/campaigns/${row.campaignId}`}>{row.campaignName}</Link>
          <div className="w-faint w-small">
            {row.accountName} · {t(`campaigns.kind.${row.kind}`)}
          </div>
        </>
      ),
    },
    {
      title: t('campaigns.people.state'),
      width: 130,
      render: (_, row) => <DeliveryTag state={row.state} />,
    },
    reason,
    {
      title: t('campaigns.when'),
      width: 160,
      className: 'w-nowrap',
      render: (_, row) => format.instant(row.settledAt ?? row.dueAt),
    },
    {
      title: '',
      width: 90,
      render: (_, row) => (
        <Button type="link" size="small" onClick={() => onWhy(row)}>
          {t('campaigns.people.why')}
        </Button>
      ),
    },
  ]
}
