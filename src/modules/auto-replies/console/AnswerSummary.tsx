import { useTranslation } from 'react-i18next'
import { ContentSummary } from '../../messages/console/index.ts'
import { useOwnTags } from '../../tags/console/index.ts'
import { type Answer, hasEffect } from '../schema.ts'

/** An answer in a few lines: what is said, and what else happens. */
export function AnswerSummary({ answer }: { answer: Answer }) {
  const { t } = useTranslation()
  const { items } = useOwnTags()
  const names = (ids: readonly string[]) =>
    ids.map((id) => items.find((tag) => tag.id === id)?.name ?? `#${id}`).join(t('answers.comma'))
  const { replies, mode, effects } = answer
  return (
    <div>
      {replies.length > 1 && <div className="w-faint w-small">{t(`answers.mode.${mode}`)}</div>}
      {replies.map(({ content }, index) => (
        <div key={index}>
          <ContentSummary content={content} />
        </div>
      ))}
      {hasEffect(effects) && (
        <div className="w-soft w-small">
          {effects.give.length > 0 && <div>{t('answers.gives', { tags: names(effects.give) })}</div>}
          {effects.take.length > 0 && <div>{t('answers.takes', { tags: names(effects.take) })}</div>}
        </div>
      )}
    </div>
  )
}
