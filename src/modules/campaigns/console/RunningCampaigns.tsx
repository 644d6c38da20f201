import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { listCampaignsEndpoint } from '../schema.ts'
import { CampaignFigures } from './CampaignFigures.tsx'
import { CampaignStanding } from './words.tsx'
import './campaigns.css'

/** Campaigns of the account that run or stand still, for the overview. */
export function RunningCampaigns() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('campaigns:read')
  const base = `/accounts/${accountId}/campaigns`
  const query = useEndpoint(
    listCampaignsEndpoint,
    { query: { accountId, state: 'preparing,running,paused,failed,scheduled', limit: 6 } },
    { enabled: allowed, every: 5_000 },
  )
  if (!allowed) return null
  return (
    <section className="w-panel">
      <h2 className="w-row" style={{ justifyContent: 'space-between' }}>
        {t('campaigns.overview.title')}
        <Link to={base} className="w-small">
          {t('overview.seeAll')}
        </Link>
      </h2>
      <Loaded query={query} rows={4}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              compact
              title={t('campaigns.overview.empty')}
              hint={t('campaigns.overview.emptyHint')}
            />
          ) : (
            items.map((item) => (
              <Link className="w-recent-campaign" key={item.id} to={`${base}/${item.id}`}>
                <span>
                  <b>{item.name}</b>
                  <div className="w-faint w-small">
                    {t(`campaigns.kind.${item.kind}`)} · {t(`campaigns.triggerKind.${item.triggerKind}`)}
                  </div>
                </span>
                <CampaignStanding campaign={item} />
                <CampaignFigures campaign={item} />
              </Link>
            ))
          )
        }
      </Loaded>
    </section>
  )
}
