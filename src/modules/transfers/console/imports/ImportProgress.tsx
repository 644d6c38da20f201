import { Alert, Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ApiError } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import {
  getPeopleImportEndpoint,
  listPeopleImportsEndpoint,
  type PeopleImport,
  startPeopleEndpoint,
} from '../../schema.ts'
import { Refused } from './PastImports.tsx'

/** How far an import is, and what came of it; the page can be left meanwhile. */
export function ImportProgress({ of, onAgain }: { of: PeopleImport; onAgain: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { done, total } = of.progress
  const open = of.state === 'queued' || of.state === 'running'
  const count = (outcome: string) => format.number(of.counts[outcome] ?? 0)
  return (
    <div className="w-stack" style={{ maxWidth: 820 }} aria-live="polite">
      <div className="w-panel">
        <div className="w-row" style={{ justifyContent: 'space-between' }}>
          <strong>{t(`imports.states.${of.state}`)}</strong>
          <span className="w-soft">
            {total === null
              ? t('imports.counting')
              : t('runs.doneOf', { done: format.number(done), total: format.number(total) })}
          </span>
        </div>
        <Progress
          percent={total === null || total === 0 ? (open ? 0 : 100) : Math.floor((done / total) * 100)}
          status={of.state === 'failed' ? 'exception' : open ? 'active' : 'success'}
        />
        {open && <div className="w-faint w-small">{t('runs.canLeave')}</div>}
      </div>
      {of.state === 'failed' && <Failed of={of} />}
      <StatRow>
        <NumberStat label={t('imports.outcomes.created')} value={count('created')} />
        <NumberStat label={t('imports.outcomes.updated')} value={count('updated')} />
        <NumberStat label={t('imports.outcomes.unchanged')} value={count('unchanged')} />
        <NumberStat label={t('imports.outcomes.skipped')} value={count('skipped')} />
        <NumberStat
          label={t('imports.outcomes.refused')}
          value={<Refused of={of} />}
          hint={t('imports.refusedHint')}
        />
      </StatRow>
      {(of.counts['reviews'] ?? 0) > 0 && (
        <Alert
          type="info"
          showIcon
          title={t('imports.reviews', { number: count('reviews') })}
          action={<Link to="/customers/reviews">{t('people.reviews')}</Link>}
        />
      )}
      {!open && (
        <div className="w-row">
          <Button onClick={onAgain}>{t('imports.another')}</Button>
          {of.segmentId !== null && <Link to={`/segments/${of.segmentId}`}>{t('imports.toSegment')}</Link>}
          <Link to="/customers">{t('people.title')}</Link>
        </div>
      )}
    </div>
  )
}

function Failed({ of }: { of: PeopleImport }) {
  const { t } = useTranslation()
  const describe = useErrorText()
  const { title, advice } = describe(
    new ApiError(500, of.error?.reason ?? 'internal', '', of.error?.detail ?? {}),
  )
  const { options } = of
  const start = useEndpointMutation(startPeopleEndpoint, {
    invalidates: [getPeopleImportEndpoint, listPeopleImportsEndpoint],
  })
  return (
    <Alert
      type="error"
      showIcon
      title={title}
      description={advice ?? t('imports.goesOn')}
      action={
        options && (
          <Button
            size="small"
            loading={start.isPending}
            onClick={() => start.mutate({ params: { importId: of.id }, body: options })}
          >
            {t('common.retry')}
          </Button>
        )
      }
    />
  )
}
