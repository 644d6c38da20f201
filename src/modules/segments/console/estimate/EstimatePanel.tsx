import { Alert, Button, Progress, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import type { Rule } from '../../schema/rule.ts'
import { problemsOf } from '../rule/problems.ts'
import { isEmptyRule } from '../rule/tree.ts'
import type { Asked } from './use-estimate.ts'
import './estimate.css'

/** 受众预估: the number as it stands, and whether it is still the number of what is on screen. */
export function EstimatePanel({ rule, asked }: { rule: Rule; asked: Asked }) {
  const { t } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  const { estimate, error, isAsking, retry } = asked
  const unasked = isEmptyRule(rule) || problemsOf(rule).length > 0
  if (error !== undefined) {
    const { title, advice } = describe(error)
    return (
      <section className="w-panel">
        <h2>{t('segments.estimate')}</h2>
        <Alert
          type="error"
          title={title}
          description={advice}
          action={
            <Button size="small" onClick={retry}>
              {t('common.retry')}
            </Button>
          }
        />
      </section>
    )
  }
  return (
    <section className="w-panel w-estimate" aria-live="polite" aria-busy={isAsking}>
      <h2>{t('segments.estimate')}</h2>
      {estimate === undefined ? (
        isAsking ? (
          <Skeleton active title={false} paragraph={{ rows: 2 }} />
        ) : (
          <p className="w-soft">
            {t(isEmptyRule(rule) ? 'segments.estimateEmpty' : 'segments.estimateIncomplete')}
          </p>
        )
      ) : (
        <div className={isAsking || unasked ? 'w-stale' : ''}>
          <div className="w-estimate-number">
            <b data-testid="estimate">{format.number(estimate.count)}</b>
            <span>{t('segments.ofTotal', { total: format.number(estimate.total) })}</span>
          </div>
          <Progress
            percent={estimate.total === 0 ? 0 : (estimate.count / estimate.total) * 100}
            showInfo={false}
            size="small"
          />
          <div className="w-soft w-small">
            {t('segments.estimateFoot', {
              share: format.percent(estimate.total === 0 ? 0 : estimate.count / estimate.total),
              time: format.second(estimate.at),
              ms: format.number(Math.round(estimate.tookMs)),
            })}
          </div>
          {unasked && <div className="w-estimate-note">{t('segments.estimateStale')}</div>}
        </div>
      )}
    </section>
  )
}
