import { useQuery } from '@tanstack/react-query'
import { Alert, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../../console/api.ts'
import { useAccountId } from '../../../console/session.ts'
import { useSentence } from '../../../console/ui/sentence.ts'
import { checkContentEndpoint, type LintFacts, type LintFinding, type MessageContent } from '../schema.ts'
import { useSettled } from './use-preview.ts'

/** 合规检查: what the published rules say about the message as it stands. */
export function LintFindings({ content, facts }: { content: MessageContent; facts?: LintFacts | undefined }) {
  const accountId = useAccountId()
  const asked = useSettled({ content, facts })
  const { data } = useQuery({
    queryKey: ['message-check', accountId, asked],
    queryFn: ({ signal }) =>
      call(
        checkContentEndpoint,
        {
          params: { accountId },
          body: { content: asked.content, ...(asked.facts && { facts: asked.facts }) },
        },
        signal,
      ),
  })
  return <Findings findings={data?.findings ?? []} />
}

function Findings({ findings }: { findings: readonly LintFinding[] }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  return findings.map((finding) => (
    <Alert
      key={finding.rule}
      type={finding.blocks ? 'error' : 'warning'}
      showIcon
      style={{ marginTop: 10 }}
      title={
        <span className="w-row">
          {sentence(finding.title)}
          {finding.found !== '' && <Tag>{finding.found}</Tag>}
          {finding.blocks && <Tag color="error">{t('messages.lint.blocks')}</Tag>}
        </span>
      }
      description={
        <>
          {sentence(finding.advice)}
          <div className="w-faint w-small">
            {t('messages.lint.source', { title: finding.source.title, date: finding.source.date })}
          </div>
        </>
      }
    />
  ))
}
