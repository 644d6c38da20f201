import { useTranslation } from 'react-i18next'
import type { MessageContent } from '../schema.ts'
import { useTemplate } from './use-template.ts'

const MOST = 40

/** A message in one line: its kind and what it begins with. */
export function ContentSummary({ content }: { content: MessageContent }) {
  const { t } = useTranslation()
  const { template } = useTemplate('templateId' in content ? content.templateId : null)
  const text = 'templateId' in content ? (template?.title ?? '') : beginningOf(content)
  return (
    <span>
      {t(`messages.kind.${content.kind}`)}
      {text !== '' && <span className="w-soft"> · {text}</span>}
    </span>
  )
}

function beginningOf(content: MessageContent): string {
  const text =
    content.kind === 'text'
      ? content.text.replace(/<[^>]*>/g, '')
      : content.kind === 'msgmenu'
        ? content.head
        : 'title' in content
          ? content.title
          : ''
  const all = [...text.replace(/\s+/g, ' ')]
  return all.length > MOST ? `${all.slice(0, MOST).join('')}…` : all.join('')
}
