import { useTranslation } from 'react-i18next'
import { CampaignBacktest, hasPast } from '../../modules/backtests/console/index.ts'
import { type BelowTrigger, CampaignEditPage, CampaignPage } from '../../modules/campaigns/console/index.ts'
import { useCan } from '../session.ts'

const belowTrigger: BelowTrigger = (form) => <CampaignBacktest {...form} editing />

/** The form of a campaign, with what its trigger would have come to. */
export const CampaignEditWithBacktest = () => <CampaignEditPage belowTrigger={belowTrigger} />

/** A campaign, with what it would have come to. */
export function CampaignWithBacktest() {
  const { t } = useTranslation()
  const mayRead = useCan('backtests:read')
  return (
    <CampaignPage
      belowTrigger={belowTrigger}
      moreTabs={(campaign) =>
        mayRead && hasPast(campaign.plan)
          ? [
              {
                key: 'backtest',
                label: t('backtests.title'),
                children: <CampaignBacktest plan={campaign.plan} campaign={campaign} editing={false} />,
              },
            ]
          : []
      }
    />
  )
}
