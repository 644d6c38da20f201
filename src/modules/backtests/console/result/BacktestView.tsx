import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import { ProgressPanel } from '../../../../console/ui/ProgressPanel.tsx'
import {
  type Backtest,
  cancelBacktestEndpoint,
  getBacktestEndpoint,
  listBacktestsEndpoint,
} from '../../schema.ts'
import { Result } from './Result.tsx'

export const isOpen = ({ state }: Pick<Backtest, 'state'>): boolean =>
  state === 'queued' || state === 'running'

/** One back-test: how far it is, why it stopped, or what came of it. */
export function BacktestView({ backtest }: { backtest: Backtest }) {
  const { t } = useTranslation()
  if (isOpen(backtest)) return <Running backtest={backtest} />
  if (backtest.state === 'failed') return <Failed backtest={backtest} />
  if (backtest.result === null) return <Alert type="info" showIcon title={t('backtests.cancelled')} />
  return <Result backtest={backtest} result={backtest.result} />
}

function Running({ backtest }: { backtest: Backtest }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayRun = useCan('backtests:run')
  const { done, total } = backtest.progress
  const cancel = useEndpointMutation(cancelBacktestEndpoint, {
    invalidates: [getBacktestEndpoint, listBacktestsEndpoint],
  })
  return (
    <ProgressPanel
      title={t(backtest.state === 'queued' ? 'backtests.progress.queued' : 'backtests.progress.running')}
      progress={backtest.progress}
      said={
        <>
          {total === null
            ? t('backtests.progress.only', { done: format.number(done) })
            : t('backtests.progress.of', { done: format.number(done), total: format.number(total) })}
          {mayRun && (
            <Button
              size="small"
              loading={cancel.isPending}
              onClick={() =>
                cancel.mutate({ params: { accountId: backtest.accountId, backtestId: backtest.id } })
              }
            >
              {t('backtests.cancel')}
            </Button>
          )}
        </>
      }
      hint={t('backtests.progress.leave')}
    />
  )
}

function Failed({ backtest: { error } }: { backtest: Backtest }) {
  const { t } = useTranslation()
  const describe = useErrorText()
  const { title, advice } = describe(new ApiError(500, error?.reason ?? 'internal', '', error?.detail ?? {}))
  return (
    <Alert
      type="error"
      showIcon
      title={t('backtests.failed')}
      description={[title, advice].filter(Boolean).join(' ')}
    />
  )
}
