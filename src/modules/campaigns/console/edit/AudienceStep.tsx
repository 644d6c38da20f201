import { PlusOutlined, ReloadOutlined } from '@ant-design/icons'
import { Button, Checkbox, Input, Radio, Select, Tooltip } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { Choices } from '../../../../console/ui/Choices.tsx'
import { MinuteField } from '../../../../console/ui/ClockField.tsx'
import { useWechatTags } from '../../../../console/wechat-tags.ts'
import { EstimatePanel, emptyRule, RuleBuilder, useEstimate } from '../../../segments/console/index.ts'
import { listSegmentsEndpoint, type Rule } from '../../../segments/schema.ts'
import { type CampaignAudience, MAX_NAMED_SEGMENTS } from '../../schema.ts'
import { estimatedRule } from './audience-rule.ts'
import type { StepProps } from './BasicsStep.tsx'
import { Field } from './Field.tsx'

type Of<K extends CampaignAudience['kind']> = Extract<CampaignAudience, { kind: K }>
const KINDS = ['all', 'tags', 'segments', 'rule'] as const
const NOTHING = emptyRule()

/** Step 2: whom it is for, with the number of people as it stands. */
export function AudienceStep({ draft, changePlan }: StepProps) {
  const { t } = useTranslation()
  const { audience } = draft.plan
  const isSubscription = draft.kind === 'subscription'
  return (
    <div className="w-stack w-campaign-form">
      <section className="w-panel">
        <h2>{t('campaigns.audience.title')}</h2>
        <AudienceChoice
          audience={audience}
          isSubscription={isSubscription}
          onChange={(next) => changePlan({ audience: next })}
        />
      </section>
      {/* All subscribers are no crowd of followers: the pre-flight counts who still allows it. */}
      {!(isSubscription && audience.kind === 'all') && <Estimate draft={draft} />}
      <p className="w-faint w-small" style={{ margin: 0 }}>
        {t(isSubscription ? 'campaigns.audience.subscribersOnly' : 'campaigns.audience.followersOnly')}
      </p>
    </div>
  )
}

export function AudienceChoice({
  audience,
  isSubscription,
  onChange,
}: {
  audience: CampaignAudience
  isSubscription: boolean
  onChange: (audience: CampaignAudience) => void
}) {
  const { t } = useTranslation()
  return (
    <>
      <Choices
        label={t('campaigns.audience.title')}
        value={audience.kind}
        onChange={(kind) => kind !== audience.kind && onChange(blank(kind))}
        choices={KINDS.map((kind) => ({
          value: kind,
          title:
            kind === 'all' && isSubscription
              ? t('campaigns.audience.kindAllSubscribers')
              : t(`campaigns.audience.kind.${kind}`),
          hint:
            kind === 'all' && isSubscription
              ? t('campaigns.audience.allSubscribersHint')
              : t(`campaigns.audience.kindHint.${kind}`),
        }))}
      />
      <div style={{ marginTop: 14 }}>
        {audience.kind === 'tags' && (
          <TagSelect
            label={t('campaigns.audience.tags')}
            value={audience.any}
            onChange={(any) => onChange({ ...audience, any })}
          />
        )}
        {audience.kind === 'segments' && <SegmentsChoice value={audience} onChange={onChange} />}
        {audience.kind === 'rule' && <RuleChoice value={audience} onChange={onChange} />}
      </div>
    </>
  )
}

function blank(kind: CampaignAudience['kind']): CampaignAudience {
  switch (kind) {
    case 'all':
      return { kind }
    case 'tags':
      return { kind, any: [] }
    case 'segments':
      return { kind, include: [], exclude: [], tags: [], combine: 'and' }
    case 'rule':
      return { kind, rule: null, updateKind: 'on_demand', dailyMinute: 0, listed: false, name: '' }
  }
}

function TagSelect({
  label,
  value,
  onChange,
}: {
  label: string
  value: number[]
  onChange: (ids: number[]) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { items, query } = useWechatTags()
  return (
    <Select
      mode="multiple"
      aria-label={label}
      showSearch={{ optionFilterProp: 'name' }}
      style={{ width: '100%', maxWidth: 640 }}
      loading={query.isPending}
      placeholder={label}
      value={value}
      onChange={onChange}
      notFoundContent={t('tags.empty')}
      options={items.map((tag) => ({
        value: tag.tagId,
        name: tag.name,
        label: `${tag.name}（${format.number(tag.memberCount)}）`,
      }))}
    />
  )
}

function SegmentsChoice({
  value,
  onChange,
}: {
  value: Of<'segments'>
  onChange: (next: Of<'segments'>) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayMake = useCan('segments:write')
  const list = useCursorList(listSegmentsEndpoint, { query: { accountId, listed: 'true', limit: 200 } })
  const options = useSegmentOptions(list.items)
  const picker = (part: 'include' | 'exclude', other: readonly string[]) => (
    <Select
      aria-label={t(`campaigns.audience.${part}`)}
      mode="multiple"
      maxCount={MAX_NAMED_SEGMENTS}
      style={{ width: '100%' }}
      showSearch={{ optionFilterProp: 'name' }}
      loading={list.isLoading}
      placeholder={t(part === 'include' ? 'audience.chooseSegments' : 'audience.chooseExcluded')}
      value={value[part]}
      onChange={(ids: string[]) => onChange({ ...value, [part]: ids })}
      notFoundContent={t('audience.noSegments')}
      options={options.filter((one) => !other.includes(one.value))}
    />
  )
  return (
    <div className="w-stack" style={{ gap: 4, maxWidth: 720 }}>
      <Field label={t('campaigns.audience.include')}>{picker('include', value.exclude)}</Field>
      <Field label={t('campaigns.audience.exclude')}>{picker('exclude', value.include)}</Field>
      <Field label={t('campaigns.audience.alsoTags')}>
        <TagSelect
          label={t('campaigns.audience.alsoTags')}
          value={value.tags}
          onChange={(tags) => onChange({ ...value, tags })}
        />
      </Field>
      {value.tags.length > 0 && value.include.length > 0 && (
        <Field label={t('campaigns.audience.combine')}>
          <Radio.Group
            value={value.combine}
            onChange={(event) => onChange({ ...value, combine: event.target.value as 'and' | 'or' })}
            options={(['and', 'or'] as const).map((how) => ({
              value: how,
              label: t(`campaigns.audience.${how}`),
            }))}
          />
        </Field>
      )}
      <div className="w-row">
        <Button size="small" icon={<ReloadOutlined />} loading={list.isStale} onClick={list.refetch}>
          {t('campaigns.audience.refresh')}
        </Button>
        <Tooltip title={mayMake ? undefined : t('common.notAllowed')}>
          <Button
            size="small"
            icon={<PlusOutlined />}
            disabled={!mayMake}
            href="/segments/new"
            target="_blank"
          >
            {t('campaigns.audience.create')}
          </Button>
        </Tooltip>
        <span className="w-faint w-small">{t('campaigns.audience.refreshHint')}</span>
      </div>
    </div>
  )
}

function useSegmentOptions(segments: readonly { id: string; name: string; size: number | null }[]) {
  const { t } = useTranslation()
  const format = useFormat()
  return segments.map(({ id, name, size }) => ({
    value: id,
    name,
    label: `${name}（${size === null ? t('audience.notComputed') : format.number(size)}）`,
  }))
}

const UPDATES = ['on_demand', 'daily', 'once', 'live'] as const

function RuleChoice({ value, onChange }: { value: Of<'rule'>; onChange: (next: Of<'rule'>) => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const rule = value.rule ?? NOTHING
  const asked = useEstimate(rule, accountId)
  return (
    <div className="w-stack">
      <RuleBuilder
        value={rule}
        onChange={(next) => onChange({ ...value, rule: next })}
        accountId={accountId}
        clauses={asked.estimate?.clauses ?? []}
        {...(asked.estimate && { total: asked.estimate.total })}
      />
      <div>
        <Field
          label={t('campaigns.audience.updateKind')}
          hint={t(`campaigns.audience.updateKindHint.${value.updateKind}`)}
        >
          <Radio.Group
            value={value.updateKind}
            onChange={(event) =>
              onChange({ ...value, updateKind: event.target.value as typeof value.updateKind })
            }
            options={UPDATES.map((kind) => ({
              value: kind,
              label: t(`campaigns.audience.updateKindName.${kind}`),
            }))}
          />
        </Field>
        {value.updateKind === 'daily' && (
          <Field label={t('campaigns.audience.dailyAt')}>
            <MinuteField
              label={t('campaigns.audience.dailyAt')}
              value={value.dailyMinute}
              onChange={(dailyMinute) => onChange({ ...value, dailyMinute })}
            />
          </Field>
        )}
        <Field label={t('campaigns.audience.listed')} hint={t('campaigns.audience.listedHint')}>
          <Checkbox
            checked={value.listed}
            onChange={(event) => onChange({ ...value, listed: event.target.checked })}
          >
            {t('campaigns.audience.listed')}
          </Checkbox>
        </Field>
        <Field
          label={t('campaigns.audience.segmentName')}
          hint={t('campaigns.audience.segmentNameHint')}
          htmlFor="campaign-segment-name"
        >
          <Input
            id="campaign-segment-name"
            maxLength={60}
            style={{ maxWidth: 360 }}
            value={value.name}
            onChange={(event) => onChange({ ...value, name: event.target.value })}
          />
        </Field>
      </div>
    </div>
  )
}

function Estimate({ draft }: { draft: StepProps['draft'] }) {
  const accountId = useAccountId()
  const { audience, trigger } = draft.plan
  const rule: Rule = useMemo(
    () => estimatedRule(accountId, { audience, trigger }) ?? NOTHING,
    [accountId, audience, trigger],
  )
  const asked = useEstimate(rule, accountId)
  return <EstimatePanel rule={rule} asked={asked} />
}
