import { Alert } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Endpoint } from '../../kernel/endpoint.ts'
import { listRunsEndpoint, type RunView } from '../../modules/runs/schema.ts'
import { ApiError } from '../api.ts'
import { useFormat } from '../format.ts'
import { useEndpoint, useInvalidate } from '../hooks.ts'
import { useAccountId } from '../session.ts'
import { lookUp, useErrorText } from './error-text.ts'
import { ProgressPanel } from './ProgressPanel.tsx'

/**
 * The newest background run of a kind, followed while it goes on; the page can be left and come back to.
 * `refreshes` are read again when it ends.
 */
export function useRun(kind: string, refreshes: readonly Endpoint[]) {
  const accountId = useAccountId()
  const invalidate = useInvalidate()
  const query = useEndpoint(
    listRunsEndpoint,
    { params: { accountId }, query: { kind, limit: 1 } },
    { every: (data) => (isOpen(data?.items[0]) ? 1_000 : 15_000) },
  )
  const run = query.data?.items[0]
  const open = isOpen(run)
  const wasOpen = useRef(false)
  useEffect(() => {
    if (wasOpen.current && !open) invalidate(...refreshes)
    wasOpen.current = open
  }, [open, invalidate, refreshes])
  return { run, isOpen: open, follow: () => void query.refetch() }
}

const isOpen = (run: RunView | undefined): boolean => run?.state === 'queued' || run?.state === 'running'

/** Says how far a run is, or why it failed; nothing for one that is done. */
export function RunProgress({ run }: { run: RunView | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  if (run === undefined || run.state === 'done') return null
  const name = lookUp('runs.kinds', run.kind) ?? run.kind
  if (run.state === 'failed') {
    const text = describe(new ApiError(500, run.error?.reason ?? 'internal', '', run.error?.detail ?? {}))
    return (
      <Alert
        type="error"
        showIcon
        style={{ marginBottom: 12 }}
        title={t('runs.failed', { name, at: format.instant(run.finishedAt) })}
        description={text.advice === undefined ? text.title : `${text.title} ${text.advice}`}
      />
    )
  }
  const { done, total } = run
  return (
    <div style={{ marginBottom: 12 }}>
      <ProgressPanel
        title={t(run.state === 'queued' ? 'runs.queued' : 'runs.running', { name })}
        progress={run}
        said={
          total === null
            ? t('runs.doneOnly', { done: format.number(done) })
            : t('runs.doneOf', { done: format.number(done), total: format.number(total) })
        }
        hint={t('runs.canLeave')}
      />
    </div>
  )
}
