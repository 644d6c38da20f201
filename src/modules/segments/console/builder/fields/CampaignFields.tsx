import { useTranslation } from 'react-i18next'
import type { Condition } from '../../../schema/rule.ts'
import { choiceOf, chosen } from '../../names/catalogue.ts'
import { useBuilder } from '../context.ts'
import { AccountField, type FieldProps, Pick, WindowField, Word, withAccount } from './parts.tsx'

type Campaign = Extract<Condition, { kind: 'campaign' }>

/** 触达活动: received, tapped a link of, or converted by the goal of a campaign, or of those of an activity. */
export function CampaignFields({ value, onChange }: FieldProps<Campaign>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  const choice = choiceOf(value.campaign, value.activityId)
  return (
    <>
      <WindowField value={value.window} onChange={(window) => onChange({ ...value, window })} />
      <Pick<Campaign['what']>
        label={t('segments.sendWhat')}
        value={value.what}
        options={(['received', 'clicked', 'converted'] as const).map((what) => ({
          value: what,
          label: t(`segments.what.${what}`),
        }))}
        onChange={(what) => onChange({ ...value, what })}
      />
      <Pick<string>
        label={t('segments.chooseCampaign')}
        search
        value={choice}
        options={catalogue.campaignOptions(choice)}
        onChange={(next) => {
          const { activityId: _activity, ...rest } = value
          const { of, ...activity } = chosen(next)
          onChange({ ...rest, campaign: of, ...activity })
        }}
      />
      {value.campaign === 'any' && (
        <AccountField value={value.accountId} onChange={(id) => onChange(withAccount(value, id))} />
      )}
      {value.what === 'clicked' && <Word>{t('segments.itsLinks')}</Word>}
    </>
  )
}
