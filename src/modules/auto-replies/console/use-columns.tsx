import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useAccountId, useCan } from '../../../console/session.ts'
import type { ReplyKind, ReplyRule } from '../schema.ts'
import { AnswerSummary } from './AnswerSummary.tsx'
import { pageOfRule } from './owner.ts'
import { Problems } from './Problems.tsx'
import { RuleMenu } from './RuleMenu.tsx'
import { RuleSwitch } from './RuleSwitch.tsx'
import { KeywordTags, useHoursText, useLeastText } from './words.tsx'

export function useColumns(kind: ReplyKind): TableColumnsType<ReplyRule> {
  const { t } = useTranslation()
  return [
    {
      title: t(kind === 'keyword' ? 'replies.column.keywordRule' : 'replies.column.rule'),
      render: (_, rule) => <RuleCell rule={rule} />,
    },
    {
      title: t('replies.column.answer'),
      render: (_, { answer }) => <AnswerSummary answer={answer} />,
    },
    {
      title: t('replies.column.on'),
      width: 76,
      render: (_, rule) => (
        <Apart>
          <RuleSwitch rule={rule} />
        </Apart>
      ),
    },
    {
      title: '',
      width: 56,
      render: (_, rule) => (
        <Apart>
          <RuleMenu rule={rule} />
        </Apart>
      ),
    },
  ]
}

/** What is clicked in it doesn't open the row. */
function Apart({ children }: { children: React.ReactNode }) {
  return (
    <span onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
      {children}
    </span>
  )
}

function RuleCell({ rule }: { rule: ReplyRule }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayWrite = useCan('replies:write')
  const hours = useHoursText()
  const least = useLeastText()
  const facts = [
    rule.owner !== null && t(`replies.owner.${rule.owner.kind}`),
    rule.priority !== 0 && t('replies.priorityOf', { number: rule.priority }),
    rule.hours.length > 0 && hours(rule.hours),
    rule.everyMs !== null && t('replies.everyOf', { time: least(rule.everyMs) }),
    rule.accountIds.length > 1 && t('replies.ofAccounts', { count: rule.accountIds.length }),
  ].filter(Boolean)
  return (
    <>
      {mayWrite || rule.owner !== null ? (
        <Link to={pageOfRule(accountId, rule)}>{rule.name}</Link>
      ) : (
        <strong>{rule.name}</strong>
      )}
      {rule.keywords.length > 0 && <KeywordTags keywords={rule.keywords} />}
      {facts.length > 0 && <div className="w-faint w-small">{facts.join(' · ')}</div>}
      <Problems rule={rule} />
    </>
  )
}
