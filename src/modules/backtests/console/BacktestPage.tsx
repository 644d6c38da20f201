import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { Loaded, NoPermissionState } from '../../../console/ui/states.tsx'
import type { Backtest } from '../schema.ts'
import { useBacktest } from './BacktestPanel.tsx'
import { BacktestView } from './result/BacktestView.tsx'
import { BacktestTag } from './words.tsx'
import './backtests.css'

/** One back-test at an address of its own. */
export function BacktestPage() {
  const allowed = useCan('backtests:read')
  if (!allowed) return <NoPermissionState />
  return <Found />
}

function Found() {
  const { backtestId = '' } = useParams()
  const query = useBacktest(backtestId)
  return <Loaded query={query}>{(backtest) => <Detail backtest={backtest} />}</Loaded>
}

const PAGES = { recall: 'recalls', campaign: 'campaigns' } as const

function Detail({ backtest }: { backtest: Backtest }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const { name, kind, subjectId, createdAt, createdBy, state } = backtest
  const by = createdBy ?? t('common.system')
  return (
    <>
      <PageHeader
        title={
          <>
            {t('backtests.title')} · {name} <BacktestTag state={state} />
          </>
        }
        sub={
          <>
            {t(`backtests.kind.${kind}`)} · {format.instant(createdAt)} · {by}
            {subjectId !== null && (
              <>
                {' · '}
                <Link to={`/accounts/${accountId}/${PAGES[kind]}/${subjectId}?tab=backtest`}>
                  {t('backtests.toSubject')}
                </Link>
              </>
            )}
          </>
        }
        back={{ to: `/accounts/${accountId}/backtests?kind=${kind}`, label: t('backtests.listTitle') }}
      />
      <BacktestView backtest={backtest} />
    </>
  )
}
