import { useQuery } from '@tanstack/react-query'
import { Alert, Form, Input, Switch } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../../../console/api.ts'
import { useAccountId } from '../../../../console/session.ts'
import { testReplyEndpoint } from '../../../auto-replies/schema.ts'
import { MessageComposer, PreviewPhone } from '../../../messages/console/index.ts'
import { emptyContent } from '../../../messages/schema.ts'
import { defaultContent } from '../../rules/reply.ts'
import type { FieldProps } from './draft.ts'
import { textAnswer } from './draft.ts'

/** C4: greeting, blue phrase and what its tap says, with the keyword reply to that below. */
export function DefaultReply({ draft, change }: FieldProps) {
  const { t } = useTranslation()
  const { greeting, phrase, says } = draft
  const shown =
    greeting === '' && phrase === '' ? null : defaultContent({ kind: 'default', greeting, phrase, says }, '0')
  return (
    <>
      <div className="w-message-compose">
        <Form layout="vertical" component="div">
          <Form.Item
            label={t('recalls.form.greeting')}
            extra={<div className="w-recall-counted">{t('recalls.form.greetingHint')}</div>}
            required
          >
            <Input.TextArea
              aria-label={t('recalls.form.greeting')}
              autoSize={{ minRows: 2, maxRows: 8 }}
              maxLength={600}
              showCount
              placeholder={t('recalls.form.greetingExample')}
              value={greeting}
              onChange={(event) => change({ greeting: event.target.value })}
            />
          </Form.Item>
          <Form.Item label={t('recalls.form.phrase')} required>
            <Input
              aria-label={t('recalls.form.phrase')}
              maxLength={100}
              placeholder={t('recalls.form.phraseExample')}
              value={phrase}
              onChange={(event) => change({ phrase: event.target.value })}
            />
          </Form.Item>
          <Form.Item label={t('recalls.form.says')} extra={t('recalls.form.saysHint')} required>
            <Input
              aria-label={t('recalls.form.says')}
              maxLength={60}
              placeholder={t('recalls.form.saysExample')}
              value={says}
              onChange={(event) => change({ says: event.target.value })}
            />
          </Form.Item>
          <Alert type="info" showIcon title={t('recalls.form.tapHint')} />
        </Form>
        <aside className="w-message-phone">
          <PreviewPhone content={shown} />
        </aside>
      </div>
      <KeywordReply draft={draft} change={change} />
    </>
  )
}

const PAUSE_MS = 400

/** Another rule that answers these words already may be kept instead of a new one. */
function AnsweredBy({ draft: { says, keywordRuleId } }: Pick<FieldProps, 'draft'>) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [text, setText] = useState(says.trim())
  useEffect(() => {
    const timer = setTimeout(() => setText(says.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [says])
  const { data } = useQuery({
    queryKey: ['recall-answered-by', accountId, text],
    queryFn: ({ signal }) =>
      call(testReplyEndpoint, { params: { accountId }, body: { push: { kind: 'text', text } } }, signal),
    enabled: text !== '',
  })
  if (data == null || data.rule === null || data.because.reason !== 'keyword') return null
  if (data.rule.id === keywordRuleId) return null
  return (
    <Alert type="info" showIcon title={t('recalls.form.answeredBy', { says: text, rule: data.rule.name })} />
  )
}

function KeywordReply({ draft, change }: FieldProps) {
  const { t } = useTranslation()
  const { keywordReply, says } = draft
  const [first] = keywordReply?.replies ?? []
  return (
    <div className="w-recall-keyword">
      <div className="w-row">
        <Switch
          aria-label={t('recalls.form.keyword')}
          checked={keywordReply !== null}
          onChange={(on) => change({ keywordReply: on ? textAnswer('') : null })}
        />
        <b>{t('recalls.form.keyword')}</b>
      </div>
      <p className="w-soft w-small">
        {t(keywordReply === null ? 'recalls.form.keywordOff' : 'recalls.form.keywordHint', { says })}
      </p>
      <AnsweredBy draft={draft} />
      {keywordReply !== null && (
        <MessageComposer
          channel="customer-service"
          place="reply"
          value={first?.content ?? emptyContent('text')}
          onChange={(content) =>
            change({
              keywordReply: {
                ...keywordReply,
                replies: [{ content, weight: 1 }, ...keywordReply.replies.slice(1)],
              },
            })
          }
        />
      )}
    </div>
  )
}
