import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../../console/api.ts'
import { useAccountId } from '../../../console/session.ts'
import { BeijingTime } from '../../../console/ui/BeijingTime.tsx'
import { ErrorState } from '../../../console/ui/states.tsx'
import { type TestPush, testReplyEndpoint } from '../schema.ts'
import { TryResult } from './TryResult.tsx'

const KINDS = ['text', 'voice', 'other', 'follow', 'scan', 'menu'] as const
type Kind = (typeof KINDS)[number]
const PAUSE_MS = 350

/** 试一试: what a fan gets who does something, and why; nothing is sent. */
export function TryBox() {
  const { t } = useTranslation()
  const [kind, setKind] = useState<Kind>('text')
  const [text, setText] = useState('')
  const [at, setAt] = useState<string | null>(null)
  const push = useSettled(pushOf(kind, text))
  const said = kind === 'text' || kind === 'voice' ? text.trim() : t(`replies.try.kind.${kind}`)
  return (
    <aside className="w-panel w-reply-try" data-testid="reply-try">
      <h2>{t('replies.try.title')}</h2>
      <div className="w-row">
        <Select
          aria-label={t('replies.try.does')}
          style={{ width: 112 }}
          value={kind}
          onChange={(next) => {
            setKind(next)
            setText('')
          }}
          options={KINDS.map((value) => ({ value, label: t(`replies.try.kind.${value}`) }))}
        />
        {kind !== 'other' && (
          <Input
            allowClear
            style={{ flex: 1, minWidth: 120 }}
            aria-label={t(`replies.try.field.${kind}`)}
            placeholder={t(`replies.try.field.${kind}`)}
            maxLength={kind === 'scan' || kind === 'follow' ? 64 : 600}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </div>
      <div style={{ margin: '8px 0 12px' }}>
        <BeijingTime clearable value={at} onChange={setAt} label={t('replies.try.now')} />
      </div>
      {push === undefined ? (
        <p className="w-soft">{t('replies.try.hint')}</p>
      ) : (
        <Answered push={push} at={at} said={said} />
      )}
    </aside>
  )
}

/** Undefined while something isn't filled in. */
function pushOf(kind: Kind, text: string): TestPush | undefined {
  const value = text.trim()
  switch (kind) {
    case 'other':
      return { kind }
    case 'follow':
      return { kind, scene: value === '' ? null : value }
    case 'text':
      return value === '' ? undefined : { kind, text: value }
    case 'voice':
      return value === '' ? undefined : { kind, recognition: value }
    case 'scan':
      return value === '' ? undefined : { kind, scene: value }
    case 'menu':
      return value === '' ? undefined : { kind, key: value }
  }
}

function Answered({ push, at, said }: { push: TestPush; at: string | null; said: string }) {
  const accountId = useAccountId()
  const query = useQuery({
    // under the path, so that what changes rules can ask for it to be read again
    queryKey: ['api', testReplyEndpoint.path, accountId, push, at],
    queryFn: ({ signal }) =>
      call(testReplyEndpoint, { params: { accountId }, body: { push, ...(at !== null && { at }) } }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return null
  return <TryResult result={query.data} said={said} />
}

/** What was typed, once the typing pauses. */
function useSettled(push: TestPush | undefined): TestPush | undefined {
  const now = JSON.stringify(push ?? null)
  const [settled, setSettled] = useState(now)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(now), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [now])
  return (JSON.parse(settled) as TestPush | null) ?? undefined
}
