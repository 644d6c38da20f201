import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { listAttributesEndpoint } from '../../contacts/schema.ts'
import { ContentSummary } from '../../messages/console/index.ts'
import { useOwnTags } from '../../tags/console/index.ts'
import { type Answer, type Effects, hasEffect } from '../schema.ts'
import { useCallable } from './EffectsEditor.tsx'

/** An answer in a few lines: what is said, and what else happens. */
export function AnswerSummary({ answer }: { answer: Answer }) {
  const { t } = useTranslation()
  const { replies, mode, effects, followToo } = answer
  return (
    <div>
      {replies.length > 1 && <div className="w-faint w-small">{t(`answers.mode.${mode}`)}</div>}
      {replies.map(({ content }, index) => (
        <div key={index}>
          <ContentSummary content={content} />
        </div>
      ))}
      {hasEffect(effects) && <EffectsSummary effects={effects} />}
      {followToo === true && <div className="w-soft w-small">{t('answers.followToo')}</div>}
    </div>
  )
}

export function EffectsSummary({ effects: { give, take, attributes, campaignId } }: { effects: Effects }) {
  const { t } = useTranslation()
  const { items } = useOwnTags()
  const callable = useCallable()
  const { data } = useEndpoint(
    listAttributesEndpoint,
    {},
    { enabled: useCan('contacts:read'), staleMs: 30_000 },
  )
  const tags = (ids: readonly string[]) =>
    ids.map((id) => items.find((tag) => tag.id === id)?.name ?? `#${id}`).join(t('answers.comma'))
  const names = attributes
    .map(({ key, value }) => {
      const name = data?.items.find((one) => one.key === key)?.displayName ?? key
      return `${name} = ${value === null ? t('answers.cleared') : String(value)}`
    })
    .join(t('answers.comma'))
  const campaign = callable.find(({ id }) => id === campaignId)?.name ?? `#${campaignId}`
  return (
    <div className="w-soft w-small">
      {give.length > 0 && <div>{t('answers.gives', { tags: tags(give) })}</div>}
      {take.length > 0 && <div>{t('answers.takes', { tags: tags(take) })}</div>}
      {attributes.length > 0 && <div>{t('answers.sets', { names })}</div>}
      {campaignId !== null && <div>{t('answers.starts', { name: campaign })}</div>}
    </div>
  )
}
