import { Alert, Button, Form, Input } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { Loaded, NoPermissionState } from '../../../../console/ui/states.tsx'
import { useUnsavedGuard } from '../../../../console/use-unsaved-guard.ts'
import {
  createReplyRuleEndpoint,
  getReplyRuleEndpoint,
  listReplyRulesEndpoint,
  type ReplyRule,
  testReplyEndpoint,
  updateReplyRuleEndpoint,
} from '../../schema.ts'
import { AnswerEditor } from '../AnswerEditor.tsx'
import { useAnswerProblemText } from '../Problems.tsx'
import { isMade, tabOf } from '../tabs.ts'
import { bodyOf, type Draft, draftOf, type FieldProps, isComplete, newDraft } from './draft.ts'
import { KeywordsField } from './KeywordsField.tsx'
import { WhenFields } from './WhenFields.tsx'
import '../replies.css'

/** Makes a rule, or changes one: what it is about, what is answered, when and for which accounts. */
export function RuleEditPage() {
  const { replyRuleId } = useParams()
  const [search] = useSearchParams()
  const accountId = useAccountId()
  const allowed = useCan('replies:write')
  const query = useEndpoint(
    getReplyRuleEndpoint,
    { params: { accountId, replyRuleId: replyRuleId ?? '' } },
    // what is being edited is not read again meanwhile
    { enabled: allowed && replyRuleId !== undefined, staleMs: Number.POSITIVE_INFINITY },
  )
  if (!allowed) return <NoPermissionState />
  if (replyRuleId !== undefined)
    return (
      <Loaded query={query}>
        {(rule) => <Editor key={rule.id} initial={draftOf(rule)} stored={rule} />}
      </Loaded>
    )
  const asked = tabOf(search.get('kind') ?? undefined)
  const kind = asked === 'owned' ? 'keyword' : asked
  return <NewRule key={kind} kind={kind} word={search.get('word') ?? ''} />
}

function NewRule({ kind, word }: { kind: Draft['kind']; word: string }) {
  const accountId = useAccountId()
  const [initial] = useState(() => newDraft(kind, accountId, word))
  return <Editor initial={initial} stored={undefined} />
}

function Editor({ initial, stored }: { initial: Draft; stored: ReplyRule | undefined }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [start] = useState(initial)
  const [draft, setDraft] = useState(start)
  const leaving = useRef(false)
  useUnsavedGuard(draft !== start, leaving)
  const change: FieldProps['change'] = (part) => setDraft((before) => ({ ...before, ...part }))
  const { kind } = draft
  const back = `/accounts/${accountId}/replies${kind === 'keyword' ? '' : `?tab=${kind}`}`
  const foreign = stored !== undefined && (stored.owner !== null || !isMade(stored.kind))
  return (
    <>
      <PageHeader
        title={stored === undefined ? t(`replies.new.${kind}`) : t('replies.edit', { name: stored.name })}
        sub={t(`replies.kindHint.${kind}`)}
        back={{ to: back, label: t('replies.title') }}
        actions={!foreign && <Save draft={draft} stored={stored} leaving={leaving} back={back} />}
      />
      <div className="w-stack">
        {foreign && <Alert type="info" showIcon title={t('replies.ownedHint')} />}
        <StoredProblems stored={stored} />
        <section className="w-panel">
          <Form layout="vertical" component="div">
            <Form.Item
              label={t('common.name')}
              required
              extra={t('replies.form.nameHint')}
              style={{ marginBottom: kind === 'keyword' ? 20 : 0 }}
            >
              <Input
                aria-label={t('common.name')}
                style={{ maxWidth: 480 }}
                maxLength={60}
                value={draft.name}
                onChange={(event) => change({ name: event.target.value })}
              />
            </Form.Item>
            {kind === 'keyword' && <KeywordsField draft={draft} change={change} />}
          </Form>
        </section>
        <section>
          <h2 className="w-section-title">{t('replies.form.answer')}</h2>
          <AnswerEditor value={draft.answer} onChange={(answer) => change({ answer })} />
        </section>
        <WhenFields draft={draft} change={change} />
      </div>
    </>
  )
}

function StoredProblems({ stored }: { stored: ReplyRule | undefined }) {
  const text = useAnswerProblemText()
  const { t } = useTranslation()
  if (stored === undefined || stored.problems.length === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t('replies.hasProblems')}
      description={
        <ul style={{ margin: 0, paddingLeft: 18 }}>
          {stored.problems.map((one, index) => (
            <li key={index}>{text(one)}</li>
          ))}
        </ul>
      }
    />
  )
}

type SaveProps = {
  draft: Draft
  stored: ReplyRule | undefined
  leaving: React.RefObject<boolean>
  back: string
}

function Save({ draft, stored, leaving, back }: SaveProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const saved = {
    invalidates: [listReplyRulesEndpoint, getReplyRuleEndpoint, testReplyEndpoint],
    success: t(stored === undefined ? 'replies.created' : 'common.saved'),
    onSuccess: () => {
      leaving.current = true
      void navigate(back)
    },
  }
  const create = useEndpointMutation(createReplyRuleEndpoint, saved)
  const update = useEndpointMutation(updateReplyRuleEndpoint, saved)
  const save = () => {
    const body = bodyOf(draft)
    if (stored === undefined) create.mutate({ params: { accountId }, body })
    else update.mutate({ params: { accountId, replyRuleId: stored.id }, body })
  }
  return (
    <Button
      type="primary"
      disabled={!isComplete(draft)}
      loading={create.isPending || update.isPending}
      onClick={save}
    >
      {t('common.save')}
    </Button>
  )
}
