import { Button, Steps } from 'antd'
import { type MouseEvent, type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useNavigate, useParams, useSearchParams } from 'react-router'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { NoPermissionState } from '../../../../console/ui/states.tsx'
import { useContentProblems, useProblemText } from '../../../messages/console/index.ts'
import { type Campaign, type Finding, getCampaignEndpoint, type Plan } from '../../schema.ts'
import { DeleteDraftButton } from '../DeleteDraftButton.tsx'
import { FoundCampaign } from '../FoundCampaign.tsx'
import { STARTS } from '../starts.ts'
import { AudienceStep } from './AudienceStep.tsx'
import { BasicsStep } from './BasicsStep.tsx'
import { ContentStep } from './ContentStep.tsx'
import { type Draft, draftOf, newDraft, problemsByStep, STEPS, type Step } from './draft.ts'
import { FindingList } from './FindingList.tsx'
import { LimitsStep } from './LimitsStep.tsx'
import { ReviewStep } from './ReviewStep.tsx'
import { TriggerStep } from './TriggerStep.tsx'
import { type Saving, usePlan } from './use-plan.ts'
import '../campaigns.css'

/** What a later module shows below a trigger: of the plan as it stands in the form, and of the campaign as it is stored. */
export type BelowTrigger = (form: { plan: Plan; campaign: Campaign }) => ReactNode

/** The step form: a draft that saves itself and can be come back to at any step. */
export function CampaignEditPage({ belowTrigger }: { belowTrigger?: BelowTrigger }) {
  const { t } = useTranslation()
  const { campaignId } = useParams()
  const accountId = useAccountId()
  const allowed = useCan('campaigns:write')
  const [search] = useSearchParams()
  const query = useEndpoint(
    getCampaignEndpoint,
    { params: { accountId, campaignId: campaignId ?? '' } },
    { enabled: campaignId !== undefined && allowed, staleMs: 60_000 },
  )
  if (!allowed) return <NoPermissionState />
  if (campaignId === undefined) {
    const start = STARTS.find((one) => one === search.get('start'))
    const name = start === undefined ? '' : t(`campaigns.storyName.${start}`)
    return <Editor key={`new-${start}`} initial={newDraft(start, name)} stored={undefined} />
  }
  return (
    <FoundCampaign query={query}>
      {(campaign) =>
        campaign.state === 'draft' ? (
          <Editor
            key={campaignId}
            initial={draftOf(campaign)}
            stored={campaign}
            belowTrigger={belowTrigger}
          />
        ) : (
          <Navigate to={`/accounts/${accountId}/campaigns/${campaignId}`} replace />
        )
      }
    </FoundCampaign>
  )
}

type EditorProps = {
  initial: Draft
  stored: Campaign | undefined
  belowTrigger?: BelowTrigger | undefined
}

function Editor({ initial, stored, belowTrigger }: EditorProps) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const navigate = useNavigate()
  const [search, setSearch] = useSearchParams()
  const { draft, campaign, saving, change, changePlan, flush } = usePlan(accountId, initial, stored)
  const now = useBusinessNow()
  const problems = useProblems(draft, new Date(now))
  const wanted = STEPS.find((step) => step === search.get('step')) ?? 'basics'
  const step: Step = campaign === undefined ? 'basics' : wanted
  const current = STEPS.indexOf(step)
  const moving = useRef(false)
  const goTo = async (place: number) => {
    const next = STEPS[place] ?? 'basics'
    if (problems.basics.length > 0 || moving.current) return
    moving.current = true
    const saved = await flush()
    moving.current = false
    if (saved === undefined) return
    if (stored === undefined)
      return void navigate(`/accounts/${accountId}/campaigns/${saved.id}/edit?step=${next}`, {
        replace: true,
      })
    setSearch({ step: next })
    window.scrollTo({ top: 0 })
  }
  // the second click of a double click would fall on the next step's button
  const move = (by: 1 | -1) => (event: MouseEvent) => {
    if (event.detail < 2) void goTo(current + by)
  }
  const shared = { draft, change, changePlan }
  return (
    <>
      <PageHeader
        title={draft.name.trim() === '' ? t('campaigns.new') : draft.name}
        back={{ to: `/accounts/${accountId}/campaigns`, label: t('campaigns.title') }}
        actions={
          campaign && (
            <>
              <Saved saving={saving} onRetry={() => void flush()} />
              <DeleteDraftButton campaignId={campaign.id} />
            </>
          )
        }
      />
      <Steps
        className="w-campaign-steps"
        size="small"
        responsive={false}
        current={current}
        onChange={(place) => void goTo(place)}
        items={STEPS.map((one, place) => ({
          title: t(`campaigns.step.${one}`),
          disabled: campaign === undefined && place > 0,
          ...(place !== current &&
            campaign !== undefined &&
            one !== 'review' && {
              status: problems[one].length > 0 ? ('wait' as const) : ('finish' as const),
            }),
        }))}
      />
      <div className="w-campaign-place">
        {t('campaigns.step.place', {
          place: current + 1,
          of: STEPS.length,
          name: t(`campaigns.step.${step}`),
        })}
      </div>
      {step === 'basics' && <BasicsStep {...shared} isStored={campaign !== undefined} />}
      {step === 'audience' && <AudienceStep {...shared} />}
      {step === 'trigger' && (
        <TriggerStep {...shared} below={campaign && belowTrigger?.({ plan: draft.plan, campaign })} />
      )}
      {step === 'content' && <ContentStep {...shared} />}
      {step === 'limits' && <LimitsStep {...shared} />}
      {step === 'review' && campaign && (
        <ReviewStep
          draft={draft}
          campaign={campaign}
          problems={problems}
          flush={flush}
          onStep={(one) => void goTo(STEPS.indexOf(one))}
        />
      )}
      {step !== 'review' && (
        <>
          {step !== 'basics' && <FindingList findings={problems[step]} type="info" />}
          <div className="w-campaign-foot">
            {current > 0 && <Button onClick={move(-1)}>{t('common.back')}</Button>}
            <Button
              type="primary"
              disabled={problems.basics.length > 0}
              loading={saving.state === 'saving'}
              onClick={move(1)}
            >
              {t('common.next')}
            </Button>
          </div>
        </>
      )}
    </>
  )
}

/** What keeps each step from being done; of the content, what the check of messages says too. */
function useProblems(draft: Draft, now: Date): Record<Step, Finding[]> {
  const say = useProblemText()
  const { content, trigger } = draft.plan
  const found = useContentProblems(content, trigger.kind === 'event' || trigger.kind === 'event-not')
  const problems = problemsByStep(draft, now)
  if (found.length === 0 || problems.content.length > 0) return problems
  const what = [...new Set(found.map(say))].join(' ')
  return { ...problems, content: [{ step: 'content', reason: 'content_incomplete', detail: { what } }] }
}

function Saved({ saving, onRetry }: { saving: Saving; onRetry: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (saving.state === 'failed')
    return (
      <Button size="small" danger type="text" onClick={onRetry}>
        {t('campaigns.save.failed')} · {t('common.retry')}
      </Button>
    )
  const text =
    saving.state === 'saved'
      ? saving.at === null
        ? t('campaigns.save.saved')
        : t('campaigns.save.savedAt', { at: format.second(saving.at).slice(11) })
      : t(`campaigns.save.${saving.state}`)
  return (
    <span className="w-faint w-small" aria-live="polite">
      {text}
    </span>
  )
}
