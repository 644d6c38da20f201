import { Alert, Button, Drawer, Tabs } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { GoalEditor } from '../../../goals/console/index.ts'
import {
  type Campaign,
  type EditPreview,
  editCampaignEndpoint,
  listCampaignVersionsEndpoint,
  type Plan,
  previewEditEndpoint,
} from '../../schema.ts'
import { AudienceChoice } from '../edit/AudienceStep.tsx'
import type { BelowTrigger } from '../edit/CampaignEditPage.tsx'
import { ContentFields } from '../edit/ContentStep.tsx'
import { draftOf, problemsByStep, savablePlan } from '../edit/draft.ts'
import { FindingList } from '../edit/FindingList.tsx'
import { LimitFields } from '../edit/LimitsStep.tsx'
import { TriggerFields } from '../edit/TriggerStep.tsx'
import { CHANGED } from './changed.ts'
import { EditImpact } from './EditImpact.tsx'

const PARTS = ['content', 'audience', 'trigger', 'limits', 'goal'] as const

/** Changes a running campaign: first what is changed, then for whom, and only then is it saved. */
export function EditRunning({
  campaign,
  belowTrigger,
  onClose,
}: {
  campaign: Campaign
  belowTrigger: BelowTrigger | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [plan, setPlan] = useState<Plan>(campaign.plan)
  const [impact, setImpact] = useState<EditPreview | undefined>()
  const now = useBusinessNow()
  const changed = changedParts(campaign.plan, plan)
  const { whole } = savablePlan(plan)
  const problems = problemsByStep({ ...draftOf(campaign), plan }, new Date(now))
  const open = [...problems.audience, ...problems.trigger, ...problems.content, ...problems.limits].filter(
    // an end that is over is no reason not to change the text
    ({ step }) => Object.keys(changed).includes(step),
  )
  const change = (part: Partial<Plan>) => {
    setImpact(undefined)
    setPlan((before) => ({ ...before, ...part }))
  }
  const params = { accountId: campaign.accountId, campaignId: campaign.id }
  const preview = useEndpointMutation(previewEditEndpoint, { onSuccess: setImpact })
  const save = useEndpointMutation(editCampaignEndpoint, {
    invalidates: [...CHANGED, listCampaignVersionsEndpoint],
    success: t('campaigns.editing.saved', { version: campaign.version + 1 }),
    onSuccess: onClose,
  })
  const nothing = Object.keys(changed).length === 0
  return (
    <Drawer
      open
      size={980}
      title={t('campaigns.editing.title')}
      onClose={onClose}
      footer={
        <div className="w-row" style={{ justifyContent: 'flex-end' }}>
          <span className="w-faint">
            {nothing ? t('campaigns.editing.none') : !whole ? t('campaigns.editing.incomplete') : ''}
          </span>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          {impact === undefined ? (
            <Button
              type="primary"
              disabled={nothing || !whole || open.length > 0}
              loading={preview.isPending}
              onClick={() => preview.mutate({ params, body: { plan: changed } })}
            >
              {t('campaigns.editing.preview')}
            </Button>
          ) : (
            <Button
              type="primary"
              disabled={impact.problems.length > 0}
              loading={save.isPending}
              onClick={() => save.mutate({ params, body: { revision: impact.revision, plan: changed } })}
            >
              {t('campaigns.editing.save')}
            </Button>
          )}
        </div>
      }
    >
      <div className="w-stack">
        <Alert type="info" showIcon title={t('campaigns.editing.hint')} />
        {impact === undefined ? (
          <>
            <Parts
              campaign={campaign}
              plan={plan}
              changed={changed}
              belowTrigger={belowTrigger}
              onChange={change}
            />
            <FindingList type="error" findings={open} />
          </>
        ) : (
          <>
            <Button
              type="link"
              style={{ alignSelf: 'flex-start', padding: 0 }}
              onClick={() => setImpact(undefined)}
            >
              ← {t('common.back')}
            </Button>
            <EditImpact impact={impact} kind={campaign.kind} before={campaign.plan} after={plan} />
          </>
        )}
      </div>
    </Drawer>
  )
}

/** Parts that differ from what it is now. */
function changedParts(before: Plan, after: Plan): Partial<Plan> {
  const parts = Object.keys(after) as (keyof Plan)[]
  return Object.fromEntries(
    parts
      .filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]))
      .map((part) => [part, after[part]]),
  )
}

function Parts({
  campaign,
  plan,
  changed,
  belowTrigger,
  onChange,
}: {
  campaign: Campaign
  plan: Plan
  changed: Partial<Plan>
  belowTrigger: BelowTrigger | undefined
  onChange: (part: Partial<Plan>) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const of = (part: (typeof PARTS)[number]) => {
    switch (part) {
      case 'content':
        return (
          <ContentFields kind={campaign.kind} plan={plan} onChange={(content) => onChange({ content })} />
        )
      case 'audience':
        return (
          <AudienceChoice
            audience={plan.audience}
            isSubscription={campaign.kind === 'subscription'}
            onChange={(audience) => onChange({ audience })}
          />
        )
      case 'trigger':
        return (
          <div className="w-stack">
            <TriggerFields
              kind={campaign.kind}
              trigger={plan.trigger}
              onChange={(trigger) => onChange({ trigger })}
            />
            {belowTrigger?.({ plan, campaign })}
          </div>
        )
      case 'limits':
        return <LimitFields plan={plan} onChange={onChange} />
      case 'goal':
        return <GoalEditor value={plan.goal} onChange={(goal) => onChange({ goal })} />
    }
  }
  return (
    <>
      <p className="w-soft" style={{ margin: 0 }}>
        {t('campaigns.editing.now', {
          version: campaign.version,
          planned: format.number(campaign.counts.planned + campaign.counts.held),
          waiting: format.number(campaign.waiting),
        })}
      </p>
      <Tabs
        items={PARTS.map((part) => ({
          key: part,
          label:
            part in changed
              ? `${t(`campaigns.editing.part.${part}`)} ●`
              : t(`campaigns.editing.part.${part}`),
          children: of(part),
        }))}
      />
    </>
  )
}
