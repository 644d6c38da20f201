import { Alert, Button, Checkbox, Drawer, Progress, Table, type TableColumnsType, Tag } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../../console/api.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation, useInvalidate, useTellError } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import {
  acceptImportEndpoint,
  type ImportProposal,
  type ImportResult,
  listReplyRulesEndpoint,
  MOST_ACCEPTED,
  proposeImportEndpoint,
  testReplyEndpoint,
} from '../schema.ts'
import { ImportResults } from './ImportResults.tsx'
import { KeywordTags } from './words.tsx'

/** 从公众平台导入: look, choose, take over, and see what became of each. */
export function ImportDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer open={open} size={820} title={t('replies.import.title')} destroyOnHidden onClose={onClose}>
      {open && <Import onClose={onClose} />}
    </Drawer>
  )
}

function Import({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const read = useEndpointMutation(proposeImportEndpoint, { quiet: true })
  const { mutate, data, error } = read
  useEffect(() => mutate({ params: { accountId } }), [mutate, accountId])
  if (error) return <ErrorState error={error} onRetry={() => mutate({ params: { accountId } })} />
  if (data === undefined) return <LoadingState />
  if (data.proposals.length === 0)
    return <EmptyState title={t('replies.import.nothing')} hint={t('replies.import.nothingHint')} />
  return <Choose proposals={data.proposals} onClose={onClose} />
}

const canBeTaken = ({ here, replies }: ImportProposal) => here === null && replies.length > 0

function Choose({ proposals, onClose }: { proposals: readonly ImportProposal[]; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [chosen, setChosen] = useState(() =>
    proposals.filter((one) => canBeTaken(one) && one.on).map(({ key }) => key),
  )
  const [on, setOn] = useState(true)
  const [asking, setAsking] = useState(false)
  const { results, done, start } = useAccept()
  const columns = useColumns()
  if (results !== undefined && done === undefined)
    return <ImportResults results={results} onClose={onClose} />
  const named = proposals.filter(({ key }) => chosen.includes(key))
  return (
    <div className="w-stack">
      <Alert type="info" showIcon title={t('replies.import.takesOver')} />
      <Table<ImportProposal>
        size="small"
        rowKey="key"
        columns={columns}
        dataSource={[...proposals]}
        pagination={false}
        rowSelection={{
          selectedRowKeys: chosen,
          onChange: (keys) => setChosen(keys as string[]),
          getCheckboxProps: (one) => ({ disabled: !canBeTaken(one), name: one.name }),
        }}
      />
      <Checkbox checked={on} onChange={(event) => setOn(event.target.checked)}>
        {t('replies.import.onAtOnce')}
      </Checkbox>
      {done !== undefined && <Progress percent={Math.round((done / chosen.length) * 100)} />}
      <div>
        <Button
          type="primary"
          disabled={chosen.length === 0}
          loading={done !== undefined}
          onClick={() => setAsking(true)}
        >
          {t('replies.import.go', { number: format.number(chosen.length) })}
        </Button>
      </div>
      <ConfirmWithNumbers
        open={asking}
        title={t('replies.import.ask')}
        numbers={(['keyword', 'follow', 'default'] as const).map((kind) => ({
          label: t(`replies.kind.${kind}`),
          value: format.number(named.filter((one) => one.kind === kind).length),
        }))}
        note={t(on ? 'replies.import.askOn' : 'replies.import.askOff')}
        okText={t('replies.import.ok')}
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false)
          void start(chosen, on)
        }}
      />
    </div>
  )
}

/** As many a call as one takes; what was done stays done where a later call fails. */
function useAccept() {
  const accountId = useAccountId()
  const tell = useTellError()
  const invalidate = useInvalidate()
  const [results, setResults] = useState<ImportResult[]>()
  const [done, setDone] = useState<number>()
  const start = async (keys: readonly string[], on: boolean) => {
    const all: ImportResult[] = []
    setDone(0)
    try {
      for (let from = 0; from < keys.length; from += MOST_ACCEPTED) {
        const some = keys.slice(from, from + MOST_ACCEPTED)
        const answer = await call(acceptImportEndpoint, { params: { accountId }, body: { keys: some, on } })
        all.push(...answer.results)
        setDone(all.length)
      }
    } catch (error) {
      tell(error)
    }
    if (all.length > 0) setResults(all)
    setDone(undefined)
    invalidate(listReplyRulesEndpoint, testReplyEndpoint)
  }
  return { results, done, start }
}

function useColumns(): TableColumnsType<ImportProposal> {
  const { t } = useTranslation()
  return [
    {
      title: t('replies.column.rule'),
      render: (_, { kind, name, keywords, on, here, notes, replies }) => (
        <>
          {name} <span className="w-faint w-small">{t(`replies.kind.${kind}`)}</span>
          {keywords.length > 0 && <KeywordTags keywords={keywords} />}
          <div className="w-reply-words">
            {here !== null && <Tag>{t('replies.import.here', { name: here.name })}</Tag>}
            {!on && <Tag>{t('replies.import.offThere')}</Tag>}
            {replies.length === 0 && <Tag color="warning">{t('replies.import.none')}</Tag>}
            {notes.map((note) => (
              <Tag key={note} color="warning">
                {t(`replies.import.note.${note}`)}
              </Tag>
            ))}
          </div>
        </>
      ),
    },
    {
      title: t('replies.column.answer'),
      render: (_, { replies, mode }) => (
        <>
          {replies.length > 1 && <div className="w-faint w-small">{t(`answers.mode.${mode}`)}</div>}
          {replies.map(({ kind, text }, index) => (
            <div key={index} className="w-reply-line">
              {t(`messages.kind.${kind}`)}
              {text !== '' && <span className="w-soft"> · {text.replace(/<[^>]*>/g, '')}</span>}
            </div>
          ))}
        </>
      ),
    },
  ]
}
