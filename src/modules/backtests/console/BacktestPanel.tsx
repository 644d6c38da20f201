import { Alert, Button } from 'antd'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import { type BacktestVariant, getBacktestEndpoint } from '../schema.ts'
import { BacktestList } from './BacktestList.tsx'
import { RunForm } from './form/RunForm.tsx'
import type { Other, Version } from './form/versions.ts'
import { BacktestView, isOpen } from './result/BacktestView.tsx'
import { isSame } from './same.ts'
import './backtests.css'

type Props = {
  kind: BacktestVariant['kind']
  /** The saved rule or campaign; null for one that isn't saved yet. */
  subjectId: string | null
  name: string
  /** What is played; null while the form is not whole. */
  variant: BacktestVariant | null
  about: ReactNode
  /** What it may be compared with. */
  versions: readonly Version[]
  other: Other
}

/** 回测 of what a form or a page holds; which result is shown stands in the address. */
export function BacktestPanel({ kind, subjectId, name, variant, about, versions, other }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayRead = useCan('backtests:read')
  const mayRun = useCan('backtests:run')
  const filters = useFilters(['backtest'])
  const chosen = filters.values.backtest
  const here = useScrolledTo('backtest')
  if (!mayRead) return null
  const choose = (id: string | undefined) => filters.set('backtest', id)
  return (
    <section className="w-backtest w-stack" id="backtest" ref={here} data-testid="backtest">
      <div className="w-panel">
        <h2 className="w-row" style={{ justifyContent: 'space-between' }}>
          {t('backtests.title')}
          <Link className="w-small" to={`/accounts/${accountId}/backtests?kind=${kind}`}>
            {t('backtests.all')}
          </Link>
        </h2>
        <p className="w-soft">{t('backtests.sub')}</p>
        {mayRun ? (
          <RunForm {...{ subjectId, name, variant, about, versions, other }} onRun={({ id }) => choose(id)} />
        ) : (
          <Alert type="info" showIcon title={t('backtests.notAllowed')} />
        )}
      </div>
      {chosen === undefined ? (
        subjectId !== null && <BacktestList query={{ kind, subjectId }} onOpen={choose} />
      ) : (
        <Chosen key={chosen} id={chosen} variant={variant} onClose={() => choose(undefined)} />
      )}
    </section>
  )
}

type ChosenProps = { id: string; variant: BacktestVariant | null; onClose: () => void }

function Chosen({ id, variant, onClose }: ChosenProps) {
  const { t } = useTranslation()
  const query = useBacktest(id)
  const accountId = useAccountId()
  const played = query.data?.variants[0]
  const changed = played !== undefined && variant !== null && !isSame(played, variant)
  return (
    <>
      <div className="w-row">
        <Button size="small" onClick={onClose}>
          {t('backtests.backToList')}
        </Button>
        <Link to={`/accounts/${accountId}/backtests/${id}`} target="_blank">
          {t('backtests.openPage')}
        </Link>
      </div>
      <Loaded query={query}>
        {(backtest) => (
          <>
            {changed && <Alert type="warning" showIcon title={t('backtests.changed')} />}
            <BacktestView backtest={backtest} />
          </>
        )}
      </Loaded>
    </>
  )
}

/** One back-test, followed while it runs. */
export function useBacktest(backtestId: string) {
  const accountId = useAccountId()
  return useEndpoint(
    getBacktestEndpoint,
    { params: { accountId, backtestId } },
    { every: (data) => (data === undefined || isOpen(data) ? 1_000 : false) },
  )
}

/** Brings a part of the page into view when the address names it. */
function useScrolledTo(id: string) {
  const { hash } = useLocation()
  const element = useRef<HTMLElement>(null)
  useEffect(() => {
    if (hash === `#${id}`) element.current?.scrollIntoView({ block: 'start' })
  }, [hash, id])
  return element
}
