import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId } from '../../../console/session.ts'
import { useSentence } from '../../../console/ui/sentence.ts'
import { FIELD_RULES, isFieldType } from '../../../wechat/rules/template-fields.ts'
import { useLinkedMiniPrograms } from '../../mini-programs/console/index.ts'
import { checkContent } from '../rules.ts'
import type { ContentProblem, MessageContent } from '../schema.ts'
import { useTemplate } from './use-template.ts'

/** What is wrong with a content, by the code that refuses it at the start; none while nothing is chosen. */
export function useContentProblems(
  content: MessageContent | null,
  hasEvent?: boolean,
): readonly ContentProblem[] {
  const linked = useLinkedMiniPrograms(useAccountId()).data?.items
  const { template } = useTemplate(content !== null && 'templateId' in content ? content.templateId : null)
  return useMemo(
    () =>
      content === null
        ? []
        : checkContent(content, {
            ...(linked !== undefined && { linkedAppIds: linked.map(({ appid }) => appid) }),
            ...(template !== undefined && { template }),
            ...(hasEvent !== undefined && { hasEvent }),
          }),
    [content, linked, template, hasEvent],
  )
}

/** A problem as a sentence that says what to do. */
export function useProblemText(): (problem: ContentProblem) => string {
  const { t } = useTranslation()
  const sentence = useSentence()
  return ({ reason, detail }) => {
    const table = t('messages.problem', { returnObjects: true }) as Record<string, string>
    const text = table[reason] ?? t('messages.problemOther', { reason })
    const said = text.replace(/\{(\w+)\}/g, (_, key: string) => String(detail[key] ?? ''))
    const rule = String(detail['rule'] ?? '')
    return isFieldType(rule) ? `${said} ${sentence(FIELD_RULES[rule].text, {})}` : said
  }
}

/** Something not filled in yet, as opposed to something filled in wrongly. */
export const isMissing = ({ reason }: ContentProblem): boolean =>
  /_missing$/.test(reason) || ['menu_empty', 'mini_program_incomplete'].includes(reason)
