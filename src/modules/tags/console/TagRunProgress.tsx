import { Alert, Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../../console/api.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { Loaded } from '../../../console/ui/states.tsx'
import { continueTagRunEndpoint, getTagRunEndpoint, type TagRun } from '../schema.ts'
import './tags.css'

/** How far giving and taking is, and what became of it by outcome; it goes on when the page is left. */
export function TagRunProgress({ runId, onGoesOn }: { runId: string; onGoesOn: (runId: string) => void }) {
  const query = useEndpoint(
    getTagRunEndpoint,
    { params: { tagRunId: runId } },
    { every: (run) => (run?.state === 'done' || run?.state === 'failed' ? false : 1_000) },
  )
  return (
    <Loaded query={query} rows={2}>
      {(run) => (
        <div aria-live="polite">
          <Bar run={run} />
          <Results run={run} />
          {run.state === 'failed' && <Failure run={run} onGoesOn={onGoesOn} />}
        </div>
      )}
    </Loaded>
  )
}

function Bar({ run }: { run: TagRun }) {
  const { t } = useTranslation()
  const format = useFormat()
  const whole = run.total ?? 0
  const percent = run.state === 'done' ? 100 : whole === 0 ? 0 : Math.floor((run.done / whole) * 100)
  const status = run.state === 'failed' ? 'exception' : run.state === 'done' ? 'success' : 'active'
  return (
    <>
      <Progress percent={percent} status={status} />
      <span className="w-soft">
        {run.total === null
          ? t('runs.doneOnly', { done: format.number(run.done) })
          : t('runs.doneOf', { done: format.number(run.done), total: format.number(run.total) })}
        {run.state !== 'done' && run.state !== 'failed' && ` · ${t('runs.canLeave')}`}
      </span>
    </>
  )
}

function Results({ run }: { run: TagRun }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const nameOf = (outcome: string) =>
    i18n.exists(`tags.outcomes.${outcome}`) ? t(`tags.outcomes.${outcome}` as 'tags.outcomes.given') : outcome
  return (
    <div className="w-tags-results">
      {run.results.map(({ outcome, people }) => (
        <span key={outcome}>
          {nameOf(outcome)} <strong>{format.number(people)}</strong>
        </span>
      ))}
    </div>
  )
}

function Failure({ run, onGoesOn }: { run: TagRun; onGoesOn: (runId: string) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  const goOn = useEndpointMutation(continueTagRunEndpoint, { onSuccess: (next) => onGoesOn(next.runId) })
  const text = describe(new ApiError(500, run.error?.reason ?? 'internal', '', run.error?.detail ?? {}))
  const { accountId } = run
  return (
    <Alert
      type="error"
      showIcon
      title={text.title}
      description={text.advice}
      action={
        accountId !== null &&
        run.waiting > 0 && (
          <Button
            size="small"
            loading={goOn.isPending}
            onClick={() => goOn.mutate({ params: { accountId, runId: run.id } })}
          >
            {t('tags.goOn', { number: format.number(run.waiting) })}
          </Button>
        )
      }
    />
  )
}
