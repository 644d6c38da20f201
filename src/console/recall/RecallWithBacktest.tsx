import { useTranslation } from 'react-i18next'
import { RecallBacktest } from '../../modules/backtests/console/index.ts'
import { RecallEditPage, RecallPage } from '../../modules/recalls/console/index.ts'
import { useCan } from '../session.ts'

/** The form of a recall rule, with what it would have come to. */
export const RecallEditWithBacktest = () => (
  <RecallEditPage below={(form) => <RecallBacktest {...form} editing />} />
)

/** A recall rule, with what it would have come to. */
export function RecallWithBacktest() {
  const { t } = useTranslation()
  const mayRead = useCan('backtests:read')
  return (
    <RecallPage
      moreTabs={(rule) =>
        mayRead
          ? [
              {
                key: 'backtest',
                label: t('backtests.title'),
                children: <RecallBacktest rule={rule} name={rule.name} stored={rule} editing={false} />,
              },
            ]
          : []
      }
    />
  )
}
