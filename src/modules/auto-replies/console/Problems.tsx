import { Tag, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useProblemText } from '../../messages/console/index.ts'
import { type ContentProblem, contentProblem } from '../../messages/schema.ts'
import type { AnswerProblem, ReplyRule } from '../schema.ts'

const BROKEN: readonly AnswerProblem['reason'][] = ['material_gone', 'not_resolvable']

/** What is wrong with a rule: a word each, with what to do about it. */
export function Problems({ rule: { problems } }: { rule: Pick<ReplyRule, 'problems'> }) {
  const { t } = useTranslation()
  const text = useAnswerProblemText()
  if (problems.length === 0) return null
  return (
    <div className="w-reply-words">
      {problems.map((one, index) => (
        <Tooltip key={index} title={text(one)}>
          <Tag color={BROKEN.includes(one.reason) ? 'error' : 'warning'}>
            {t(`replies.problem.${one.reason}`)}
          </Tag>
        </Tooltip>
      ))}
    </div>
  )
}

/** A problem as a sentence that says what to do. */
export function useAnswerProblemText(): (problem: Omit<AnswerProblem, 'rule'>) => string {
  const { t } = useTranslation()
  const ofContent = useProblemText()
  return ({ reason, reply, detail }) => {
    const which = reply === null ? '' : t('replies.problemOf', { number: reply + 1 })
    if (reason !== 'not_resolvable')
      return which + t(`replies.problemHint.${reason}`, { name: '', times: '', ...detail })
    const parsed = contentProblem.array().safeParse(detail['problems'])
    const said = parsed.success ? parsed.data.map((one: ContentProblem) => ofContent(one)).join(' ') : ''
    return which + (said || t('replies.problemHint.not_resolvable'))
  }
}
