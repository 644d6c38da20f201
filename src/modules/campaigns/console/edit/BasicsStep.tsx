import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import { useAccountId, useAccounts } from '../../../../console/session.ts'
import { Choices } from '../../../../console/ui/Choices.tsx'
import { ActivityPicker, GroupPicker } from '../../../activities/console/index.ts'
import { type CampaignKind, KINDS } from '../../schema.ts'
import { emptyPlan } from '../starts.ts'
import type { Draft } from './draft.ts'
import { Field } from './Field.tsx'

export type StepProps = {
  draft: Draft
  change: (part: Partial<Draft>) => void
  changePlan: (part: Partial<Draft['plan']>) => void
}

/** Step 1: which account, which kind of message, what it is called and filed under. */
export function BasicsStep({ draft, change, isStored }: StepProps & { isStored: boolean }) {
  const { t } = useTranslation()
  const choose = (kind: CampaignKind) => {
    if (kind !== draft.kind) change({ kind, plan: { ...draft.plan, content: emptyPlan(kind).content } })
  }
  return (
    <div className="w-stack w-campaign-form">
      <section className="w-panel">
        <AccountChoice isStored={isStored} />
        <Field label={t('campaigns.name')} htmlFor="campaign-name" hint={t('campaigns.basics.nameHint')}>
          <Input
            id="campaign-name"
            autoFocus={draft.name === ''}
            maxLength={60}
            showCount
            value={draft.name}
            placeholder={t('campaigns.basics.namePlaceholder')}
            onChange={(event) => change({ name: event.target.value })}
          />
        </Field>
      </section>
      <section className="w-panel">
        <h2>{t('campaigns.basics.kind')}</h2>
        <Choices
          label={t('campaigns.basics.kind')}
          value={draft.kind}
          onChange={choose}
          choices={KINDS.map((kind) => ({
            value: kind,
            title: t(`campaigns.kind.${kind}`),
            hint: t(`campaigns.kindHint.${kind}`),
            disabled: isStored && kind !== draft.kind,
          }))}
        />
        {isStored && <div className="w-field-hint">{t('campaigns.basics.kindFixed')}</div>}
      </section>
      <section className="w-panel">
        <Field label={t('campaigns.basics.activity')}>
          <ActivityPicker value={draft.activityId} onChange={(activityId) => change({ activityId })} />
        </Field>
        <Field label={t('campaigns.basics.group')}>
          <GroupPicker value={draft.groupId} onChange={(groupId) => change({ groupId })} />
        </Field>
      </section>
    </div>
  )
}

function AccountChoice({ isStored }: { isStored: boolean }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const accounts = useAccounts()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  return (
    <Field
      label={t('campaigns.basics.account')}
      {...(isStored && { hint: t('campaigns.basics.accountFixed') })}
    >
      <Select
        style={{ width: '100%', maxWidth: 360 }}
        aria-label={t('campaigns.basics.account')}
        disabled={isStored}
        loading={accounts.isPending}
        value={accountId}
        onChange={(id: string) =>
          void navigate(`/accounts/${id}/campaigns/new${search.size > 0 ? `?${search}` : ''}`)
        }
        options={(accounts.data?.items ?? []).map(({ id, name, kind }) => ({
          value: id,
          label: `${name}（${t(`accounts.kind.${kind}`)}）`,
        }))}
      />
    </Field>
  )
}
