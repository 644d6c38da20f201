import { Alert, Button, Progress } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ApiError } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation, useInvalidate } from '../../../../console/hooks.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import {
  countRowsEndpoint,
  type Dataset,
  type DatasetImport,
  getImportEndpoint,
  listImportsEndpoint,
  listRowsEndpoint,
  startImportEndpoint,
} from '../../schema.ts'
import { Refused } from './ImportsTab.tsx'

/** How far an import is, and what came of it; the page can be left meanwhile. */
export function ImportProgress({
  dataset,
  of,
  onAgain,
}: {
  dataset: Dataset
  of: DatasetImport
  onAgain: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  useRefreshAtEnd(of)
  const { done, total } = of.progress
  const open = of.state === 'queued' || of.state === 'running'
  const count = (...outcomes: string[]) =>
    format.number(outcomes.reduce((sum, outcome) => sum + (of.counts[outcome] ?? 0), 0))
  return (
    <div className="w-stack" style={{ maxWidth: 820 }} aria-live="polite">
      <div className="w-panel">
        <div className="w-row" style={{ justifyContent: 'space-between' }}>
          <strong>{t(`datasets.importStates.${of.state}`)}</strong>
          <span className="w-soft">
            {total === null
              ? t('datasets.counting')
              : t('runs.doneOf', { done: format.number(done), total: format.number(total) })}
          </span>
        </div>
        <Progress
          percent={total === null || total === 0 ? (open ? 0 : 100) : Math.floor((done / total) * 100)}
          status={of.state === 'failed' ? 'exception' : open ? 'active' : 'success'}
        />
        {open && <div className="w-faint w-small">{t('runs.canLeave')}</div>}
      </div>
      {of.state === 'failed' && <Failed dataset={dataset} of={of} />}
      <StatRow>
        <NumberStat label={t('datasets.outcomes.created')} value={count('created')} />
        <NumberStat label={t('datasets.outcomes.updated')} value={count('updated')} />
        <NumberStat label={t('datasets.outcomes.unchanged')} value={count('unchanged')} />
        <NumberStat label={t('datasets.outcomes.stale')} value={count('stale')} />
        <NumberStat
          label={t('datasets.outcomes.refused')}
          value={<Refused dataset={dataset} of={of} />}
          hint={t('datasets.refusedHint')}
        />
      </StatRow>
      {!open && (
        <div className="w-row">
          <Button onClick={onAgain}>{t('datasets.another')}</Button>
          <Link to={`/datasets/${dataset.key}`}>{t('datasets.toRows')}</Link>
        </div>
      )}
    </div>
  )
}

/** A short import is over before it was ever seen to run: what was read before it is old either way. */
function useRefreshAtEnd({ state }: DatasetImport): void {
  const invalidate = useInvalidate()
  useEffect(() => {
    if (state === 'done' || state === 'failed')
      invalidate(countRowsEndpoint, listRowsEndpoint, listImportsEndpoint)
  }, [state, invalidate])
}

function Failed({ dataset, of }: { dataset: Dataset; of: DatasetImport }) {
  const { t } = useTranslation()
  const describe = useErrorText()
  const { title, advice } = describe(
    new ApiError(500, of.error?.reason ?? 'internal', '', of.error?.detail ?? {}),
  )
  const { mapping } = of
  const start = useEndpointMutation(startImportEndpoint, { invalidates: [getImportEndpoint] })
  return (
    <Alert
      type="error"
      showIcon
      title={title}
      description={advice ?? t('datasets.goesOn')}
      action={
        mapping && (
          <Button
            size="small"
            loading={start.isPending}
            onClick={() => start.mutate({ params: { key: dataset.key, importId: of.id }, body: { mapping } })}
          >
            {t('common.retry')}
          </Button>
        )
      }
    />
  )
}
