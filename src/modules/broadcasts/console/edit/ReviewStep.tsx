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
  getBroadcastEndpoint,
  listBroadcastsEndpoint,
  type Preflight,
  preflightEndpoint,
  sendBroadcastEndpoint,
} from '../../schema.ts'
import { BudgetCost } from '../budget/BudgetCost.tsx'
import { PreflightReport } from '../PreflightReport.tsx'
import { useAudienceText } from '../words.tsx'
import { ChangedSources, changesIn } from './ChangedSources.tsx'
import { ContentPhone } from './ContentPhone.tsx'
import { articlesIn, audienceOf, type ComposedArticle, type Draft, type Form, shownOf } from './draft.ts'
import { firstArmOf } from './experiment/test-form.ts'
import { VariantTabs } from './experiment/VariantTabs.tsx'
import { GroupTabs } from './Groups.tsx'
import { TestSend } from './TestSend.tsx'
import { TimesPanel } from './TimesPanel.tsx'

type Props = {
  form: Form
  /** What is shown is what is saved: otherwise it is not sent yet. */
  saved: boolean
  saving: boolean
  broadcastId: string
  version: RefObject<number>
  onTimes: (form: Form) => void
  /** Saves the message of a group with these articles. */
  onArticles: (place: number, variant: number | null, articles: ComposedArticle[]) => Promise<void>
  onSent: () => void
}

/** What changed at WeChat, of which group. */
type Changes = { group: number; variant: number | null; of: SourceChange[] }
const UNCHANGED: Changes = { group: 0, variant: null, of: [] }

/** Step 3: when, try it, see exactly what it will do, then send. */
export function ReviewStep({
  form,
  saved,
  saving,
  broadcastId,
  version,
  onTimes,
  onArticles,
  onSent,
}: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [place, setPlace] = useState(0)
  const chosen = Math.min(place, form.groups.length - 1)
  const draft = form.groups[chosen] as Draft
  const [variant, setVariant] = useState(0)
  const shown = Math.min(variant, (draft.test?.variants.length ?? 1) - 1)
  const arm = firstArmOf(form.groups, chosen) + shown
  const audienceText = useAudienceText(audienceOf(draft))
  const preflight = useEndpoint(preflightEndpoint, { params: { accountId, broadcastId } }, { staleMs: 0 })
  const [changes, setChanges] = useState(UNCHANGED)
  const send = useSend({
    broadcastId,
    onSent,
    onDrift: () => void preflight.refetch(),
    onChanges: setChanges,
  })
  return (
    <div className="w-review">
      <div className="w-stack">
        <TimesPanel form={form} busy={saving} onChange={onTimes} />
        <section className="w-panel">
          <h2 className="w-row" style={{ justifyContent: 'space-between' }}>
            {t('preflight.title')}
            <Button size="small" loading={preflight.isFetching} onClick={() => void preflight.refetch()}>
              {t('preflight.again')}
            </Button>
          </h2>
          {form.groups.length === 1 && (
            <p className="w-soft" style={{ marginTop: 0 }}>
              {audienceText} · {t(`broadcasts.pathName.${draft.path}`)}
            </p>
          )}
          <Loaded query={preflight}>{(report) => <PreflightReport report={report} />}</Loaded>
        </section>
        <BudgetCost broadcastId={broadcastId} stamp={preflight.data?.at} />
        <TestSend key={arm} broadcastId={broadcastId} arm={arm} />
        <ChangedSources
          changes={changes.of}
          articles={articlesIn(form.groups[changes.group] ?? draft, changes.variant)}
          onDecide={(articles) => onArticles(changes.group, changes.variant, articles)}
          onClose={() => setChanges(UNCHANGED)}
        />
        {preflight.data && (
          <SendBar
            report={preflight.data}
            busy={send.isPending}
            stale={preflight.isFetching || saving || !saved}
            onSend={(report) =>
              send.mutate({
                params: { accountId, broadcastId },
                body: {
                  version: version.current,
                  expected: report.groups.flatMap(({ arms }) =>
                    arms.map(({ number, reached }) => ({ arm: number, reached })),
                  ),
                },
              })
            }
          />
        )}
      </div>
      <aside className="w-compose-phone">
        <GroupTabs groups={form.groups} chosen={chosen} onChoose={setPlace} />
        <VariantTabs test={draft.test} chosen={shown} onChoose={setVariant} />
        <ContentPhone draft={shownOf(draft, shown)} />
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
  onChanges: (changes: Changes) => void
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
        if (changes !== undefined) return onChanges({ ...placeIn(error), of: changes })
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
  onSend: (report: Preflight) => void
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
          ...partsIn(report, t('massTests.rest')).map(({ name, reached, at }) => ({
            label: name,
            value: t('massGroups.peopleAt', {
              number: format.number(reached),
              at: at === null ? t('massGroups.atOnce') : format.instant(at),
            }),
          })),
          { label: t('preflight.finishes'), value: format.instant(report.finishesAt) },
          { label: t('broadcasts.path'), value: t(`broadcasts.pathName.${report.path}`) },
        ]}
        note={t(report.promise === 'exact' ? 'preflight.exactNote' : 'preflight.estimateNote')}
        consent={t('preflight.consent')}
        okText={t(hasTimes(report) ? 'massGroups.schedule' : 'preflight.sendNow')}
        busy={busy}
        onConfirm={() => {
          setAsking(false)
          onSend(report)
        }}
        onCancel={() => setAsking(false)}
      />
    </div>
  )
}

/** Which group a refusal is about, and which variant of its test. */
function placeIn(error: unknown): { group: number; variant: number | null } {
  const { group, variant } = error instanceof ApiError ? error.detail : {}
  return {
    group: typeof group === 'number' ? group : 0,
    variant: typeof variant === 'number' ? variant : null,
  }
}

/** What is confirmed of each record, where there is more than one or it waits for a time. */
function partsIn({ groups }: Preflight, rest: string) {
  const parts = groups.flatMap(({ place, name, arms }) =>
    arms.map(({ kind, label, reached, sendAt }) => {
      const part = kind === 'rest' ? rest : label
      return { name: [`${place + 1}. ${name}`, part].filter(Boolean).join(' '), reached, at: sendAt }
    }),
  )
  return parts.length > 1 || parts.some(({ at }) => at !== null) ? parts : []
}

/** Whether anything of it waits for a time of its own. */
const hasTimes = ({ groups }: Preflight): boolean =>
  groups.some(({ arms }) => arms.some(({ sendAt }) => sendAt !== null))
