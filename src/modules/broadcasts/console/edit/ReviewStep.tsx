import { SendOutlined } from '@ant-design/icons'
import { App, Button, Tooltip } from 'antd'
import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { ApiError } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation, useTellError } from '../../../../console/hooks.ts'
import { useAccount, useAccountId, useCan } from '../../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../../console/ui/ConfirmWithNumbers.tsx'
import { Loaded } from '../../../../console/ui/states.tsx'
import type { SourceChange } from '../../../contents/schema.ts'
import {
  type BroadcastAudience,
  getBroadcastEndpoint,
  listBroadcastsEndpoint,
  type Preflight,
  preflightEndpoint,
  sendBroadcastEndpoint,
} from '../../schema.ts'
import { PreflightReport } from '../PreflightReport.tsx'
import { useAudienceText } from '../words.tsx'
import { ChangedSources, changesIn } from './ChangedSources.tsx'
import { ContentPhone } from './ContentPhone.tsx'
import type { ComposedArticle, Draft } from './draft.ts'
import { TestSend } from './TestSend.tsx'

type Props = {
  draft: Draft
  broadcastId: string
  version: RefObject<number>
  audience: BroadcastAudience | undefined
  /** Saves the message with these articles. */
  onArticles: (articles: ComposedArticle[]) => Promise<void>
  onSent: () => void
}

/** Step 3: try it, see exactly what it will do, then send. */
export function ReviewStep({ draft, broadcastId, version, audience, onArticles, onSent }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const audienceText = useAudienceText(audience)
  const preflight = useEndpoint(preflightEndpoint, { params: { accountId, broadcastId } }, { staleMs: 0 })
  const [changes, setChanges] = useState<SourceChange[]>([])
  const send = useSend({
    broadcastId,
    onSent,
    onDrift: () => void preflight.refetch(),
    onChanges: setChanges,
  })
  return (
    <div className="w-review">
      <div className="w-stack">
        <section className="w-panel">
          <h2 className="w-row" style={{ justifyContent: 'space-between' }}>
            {t('preflight.title')}
            <Button size="small" loading={preflight.isFetching} onClick={() => void preflight.refetch()}>
              {t('preflight.again')}
            </Button>
          </h2>
          <p className="w-soft" style={{ marginTop: 0 }}>
            {audienceText} · {t(`broadcasts.pathName.${draft.path}`)}
          </p>
          <Loaded query={preflight}>{(report) => <PreflightReport report={report} />}</Loaded>
        </section>
        <TestSend broadcastId={broadcastId} />
        <ChangedSources
          changes={changes}
          articles={draft.articles}
          onDecide={onArticles}
          onClose={() => setChanges([])}
        />
        {preflight.data && (
          <SendBar
            report={preflight.data}
            busy={send.isPending}
            stale={preflight.isFetching}
            onSend={(reached) =>
              send.mutate({
                params: { accountId, broadcastId },
                body: { version: version.current, expectedReached: reached },
              })
            }
          />
        )}
      </div>
      <aside className="w-compose-phone">
        <ContentPhone draft={draft} />
      </aside>
    </div>
  )
}

function useSend({
  broadcastId,
  onSent,
  onDrift,
  onChanges,
}: {
  broadcastId: string
  onSent: () => void
  onDrift: () => void
  onChanges: (changes: SourceChange[]) => void
}) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const format = useFormat()
  const accountId = useAccountId()
  const navigate = useNavigate()
  const tell = useTellError()
  const send = useEndpointMutation(sendBroadcastEndpoint, {
    quiet: true,
    invalidates: [getBroadcastEndpoint, listBroadcastsEndpoint],
    onSuccess: () => {
      onSent()
      void navigate(`/accounts/${accountId}/broadcasts/${broadcastId}`)
    },
  })
  const mutate: typeof send.mutate = (input) =>
    send.mutate(input, {
      onError: (error) => {
        onDrift()
        const changes = changesIn(error)
        if (changes !== undefined) return onChanges(changes)
        if (!(error instanceof ApiError && error.reason === 'drift')) return tell(error)
        const { expected, now } = error.detail as { expected?: number; now?: number }
        modal.warning({
          title: t('preflight.drift'),
          content: t('preflight.driftHint', { expected: format.number(expected), now: format.number(now) }),
        })
      },
    })
  return { ...send, mutate }
}

function SendBar({
  report,
  busy,
  stale,
  onSend,
}: {
  report: Preflight
  busy: boolean
  stale: boolean
  onSend: (reached: number) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const account = useAccount()
  const allowed = useCan('broadcasts:send')
  const [asking, setAsking] = useState(false)
  const blocked = report.blockers.length > 0
  const reached = `${report.promise === 'estimate' ? '≈ ' : ''}${format.number(report.reached)}`
  const why = !allowed ? t('common.notAllowed') : blocked ? t('preflight.blocked') : undefined
  return (
    <div className="w-edit-foot w-edit-foot-sticky" style={{ marginTop: 0 }}>
      <Tooltip title={why}>
        <Button
          type="primary"
          size="large"
          icon={<SendOutlined />}
          disabled={!allowed || blocked || stale}
          loading={busy}
          onClick={() => setAsking(true)}
        >
          {t('preflight.send', { number: reached })}
        </Button>
      </Tooltip>
      <ConfirmWithNumbers
        open={asking}
        title={t('preflight.confirmTitle')}
        numbers={[
          { label: t('accounts.account'), value: account?.name },
          { label: t('preflight.reached'), value: reached, strong: true },
          { label: t('preflight.notReached'), value: format.number(report.total - report.reached) },
          { label: t('preflight.batches'), value: format.number(report.batches) },
          { label: t('preflight.finishes'), value: format.instant(report.finishesAt) },
          { label: t('broadcasts.path'), value: t(`broadcasts.pathName.${report.path}`) },
        ]}
        note={t(report.promise === 'exact' ? 'preflight.exactNote' : 'preflight.estimateNote')}
        consent={t('preflight.consent')}
        okText={t('preflight.sendNow')}
        busy={busy}
        onConfirm={() => {
          setAsking(false)
          onSend(report.reached)
        }}
        onCancel={() => setAsking(false)}
      />
    </div>
  )
}
