import { SendOutlined } from '@ant-design/icons'
import { Alert, App, Button, Progress, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { ApiError } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation, useTellError } from '../../../../console/hooks.ts'
import { useAccount, useAccountId, useCan } from '../../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../../console/ui/ConfirmWithNumbers.tsx'
import { LintFindings, PreviewPhone } from '../../../messages/console/index.ts'
import {
  type Campaign,
  type Finding,
  getCampaignEndpoint,
  listCampaignsEndpoint,
  preflightCampaignEndpoint,
  startCampaignEndpoint,
} from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { useTriggerText } from '../use-trigger-text.ts'
import type { Draft, Step } from './draft.ts'
import { lintFactsOf } from './lint-facts.ts'
import { PreflightReport } from './PreflightReport.tsx'
import { TestSend } from './TestSend.tsx'
import { WhatHappens } from './WhatHappens.tsx'

type Props = {
  draft: Draft
  campaign: Campaign
  problems: Record<Step, Finding[]>
  flush: () => Promise<Campaign | undefined>
  onStep: (step: Step) => void
}

/** Step 6: see exactly what it will do, try it, then start it. */
export function ReviewStep({ draft, campaign, problems, flush, onStep }: Props) {
  const accountId = useAccountId()
  const query = useEndpoint(
    getCampaignEndpoint,
    { params: { accountId, campaignId: campaign.id } },
    { every: (data) => (data?.preflight?.state === 'running' ? 1_000 : 5_000) },
  )
  const current = query.data ?? campaign
  const open = (Object.keys(problems) as Step[]).filter((step) => problems[step].length > 0)
  return (
    <div className="w-campaign-split">
      <div className="w-stack">
        <WhatHappens plan={draft.plan} kind={draft.kind} />
        <OpenSteps steps={open} problems={problems} onStep={onStep} />
        <PreflightPanel campaign={current} canBegin={open.length === 0} flush={flush} />
        {draft.plan.content !== null && (
          <LintFindings content={draft.plan.content} facts={lintFactsOf(draft.plan)} />
        )}
        {open.length === 0 && <TestSend campaignId={campaign.id} before={flush} />}
        <StartBar draft={draft} campaign={current} blocked={open.length > 0} />
      </div>
      <aside className="w-campaign-phone">
        {draft.plan.content !== null && <PreviewPhone content={draft.plan.content} />}
      </aside>
    </div>
  )
}

function OpenSteps({
  steps,
  problems,
  onStep,
}: {
  steps: readonly Step[]
  problems: Record<Step, Finding[]>
  onStep: (step: Step) => void
}) {
  const { t } = useTranslation()
  const explain = useReason()
  if (steps.length === 0) return null
  return (
    <Alert
      type="error"
      showIcon
      title={t('campaigns.review.incompleteSteps')}
      description={steps.map((step) => (
        <div key={step}>
          <Button type="link" size="small" style={{ padding: 0 }} onClick={() => onStep(step)}>
            {t(`campaigns.step.${step}`)}
          </Button>
          {t('campaigns.review.colon')}
          {problems[step].map(({ reason, detail }) => explain(reason, detail).text).join(' ')}
        </div>
      ))}
    />
  )
}

function PreflightPanel({
  campaign,
  canBegin,
  flush,
}: {
  campaign: Campaign
  canBegin: boolean
  flush: Props['flush']
}) {
  const { t } = useTranslation()
  const explain = useReason()
  const accountId = useAccountId()
  const begin = useEndpointMutation(preflightCampaignEndpoint, { invalidates: [getCampaignEndpoint] })
  const go = async () => {
    if ((await flush()) !== undefined) begin.mutate({ params: { accountId, campaignId: campaign.id } })
  }
  const { preflight } = campaign
  const { content } = campaign.plan
  const running = preflight?.state === 'running' || begin.isPending
  const outdated = preflight !== null && preflight.revision !== campaign.revision
  const failed = preflight?.error ? explain(preflight.error.reason, preflight.error.detail) : undefined
  return (
    <section className="w-panel" data-testid="preflight">
      <h2 className="w-row" style={{ justifyContent: 'space-between' }}>
        {t('campaigns.review.preflight')}
        <Button size="small" disabled={!canBegin} loading={running} onClick={() => void go()}>
          {t(preflight === null ? 'campaigns.review.begin' : 'campaigns.review.again')}
        </Button>
      </h2>
      <div className="w-stack">
        {outdated && !running && <Alert type="info" showIcon title={t('campaigns.review.outdated')} />}
        {preflight?.state === 'running' && <Running done={preflight.done} total={preflight.total} />}
        {failed && (
          <Alert
            type="error"
            showIcon
            title={t('campaigns.review.failed')}
            description={`${failed.text} ${failed.advice ?? ''}`}
          />
        )}
        {preflight?.result && (
          <div className={outdated || running ? 'w-stale' : ''}>
            <PreflightReport
              report={preflight.result}
              kind={campaign.kind}
              campaignId={campaign.id}
              templateId={content !== null && 'templateId' in content ? content.templateId : null}
            />
          </div>
        )}
      </div>
    </section>
  )
}

function Running({ done, total }: { done: number | null; total: number | null }) {
  const { t } = useTranslation()
  const known = done !== null && total !== null && total > 0
  return (
    <div aria-live="polite">
      <Progress
        percent={known ? Math.floor((done / total) * 100) : 100}
        showInfo={known}
        status="active"
        size="small"
      />
      <span className="w-faint w-small">{t('campaigns.review.runningHint')}</span>
    </div>
  )
}

function StartBar({ draft, campaign, blocked }: { draft: Draft; campaign: Campaign; blocked: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const account = useAccount()
  const accountId = useAccountId()
  const allowed = useCan('campaigns:send')
  const [asking, setAsking] = useState(false)
  const start = useStart(campaign.id)
  const sentence = useTriggerText(draft.plan, draft.kind)
  const { preflight } = campaign
  const report =
    preflight?.state === 'done' && preflight.revision === campaign.revision ? preflight.result : null
  const why = !allowed
    ? t('common.notAllowed')
    : report === null
      ? t('campaigns.review.needPreflight')
      : blocked || report.blockers.length > 0
        ? t('campaigns.review.blocked')
        : undefined
  const { trigger } = draft.plan
  const isNow = trigger.kind === 'once' && trigger.at === 'now'
  const waits = trigger.kind === 'event' || trigger.kind === 'event-not'
  return (
    <div className="w-campaign-foot" style={{ marginTop: 0 }}>
      <Tooltip title={why}>
        <Button
          type="primary"
          size="large"
          icon={<SendOutlined />}
          disabled={why !== undefined}
          loading={start.isPending}
          onClick={() => setAsking(true)}
        >
          {isNow && report?.reached != null
            ? t('campaigns.review.startFor', { number: format.number(report.reached) })
            : t(waits ? 'campaigns.review.schedule' : 'campaigns.review.start')}
        </Button>
      </Tooltip>
      {report !== null && (
        <ConfirmWithNumbers
          open={asking}
          title={t('campaigns.review.confirmTitle')}
          numbers={[
            { label: t('campaigns.account'), value: account?.name },
            ...(report.reached === null
              ? []
              : [
                  {
                    label: t('campaigns.review.reached'),
                    value: format.number(report.reached),
                    strong: true,
                  },
                ]),
            { label: t('campaigns.review.total'), value: format.number(report.total) },
            {
              label: t('campaigns.review.notReached'),
              value: format.number(report.notReached.reduce((sum, { count }) => sum + count, 0)),
            },
            ...(report.finishesAt === null
              ? []
              : [{ label: t('campaigns.review.finishesLabel'), value: format.instant(report.finishesAt) }]),
          ]}
          note={sentence}
          consent={t('campaigns.review.consent')}
          okText={t('campaigns.review.start')}
          busy={start.isPending}
          onConfirm={() => {
            setAsking(false)
            start.mutate({
              params: { accountId, campaignId: campaign.id },
              body: { revision: campaign.revision, expectedReached: report.reached },
            })
          }}
          onCancel={() => setAsking(false)}
        />
      )}
    </div>
  )
}

function useStart(campaignId: string) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const format = useFormat()
  const accountId = useAccountId()
  const navigate = useNavigate()
  const tell = useTellError()
  const start = useEndpointMutation(startCampaignEndpoint, {
    quiet: true,
    invalidates: [getCampaignEndpoint, listCampaignsEndpoint],
    onSuccess: () => void navigate(`/accounts/${accountId}/campaigns/${campaignId}`),
  })
  const mutate: typeof start.mutate = (input) =>
    start.mutate(input, {
      onError: (error) => {
        if (!(error instanceof ApiError && error.reason === 'drift')) return tell(error)
        const { expected, now } = error.detail as { expected?: number; now?: number }
        modal.warning({
          title: t('campaigns.review.drift'),
          content: t('campaigns.review.driftHint', {
            expected: format.number(expected),
            now: format.number(now),
          }),
        })
      },
    })
  return { ...start, mutate }
}
