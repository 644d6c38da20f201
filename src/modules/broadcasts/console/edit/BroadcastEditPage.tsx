import { CloseOutlined } from '@ant-design/icons'
import { App, Button, Steps, Tooltip } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useNavigate, useParams, useSearchParams } from 'react-router'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import { useAccount, useAccountId, useCan } from '../../../../console/session.ts'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { ErrorState, LoadingState, NoPermissionState } from '../../../../console/ui/states.tsx'
import { useUnsavedGuard } from '../../../../console/use-unsaved-guard.ts'
import { pathsFor } from '../../rules.ts'
import { type Broadcast, MAX_GROUPS } from '../../schema.ts'
import { DeleteDraftButton } from '../DeleteDraftButton.tsx'
import { AudienceStep } from './AudienceStep.tsx'
import { ContentStep } from './ContentStep.tsx'
import {
  type Draft,
  emptyDraft,
  emptyForm,
  type Form,
  fieldsOf,
  isContentReady,
  isGroupReady,
  keptOf,
  splitInto,
  withArticles,
} from './draft.ts'
import { ExperimentStep } from './experiment/ExperimentStep.tsx'
import { GroupCards } from './GroupCards.tsx'
import { problemOf } from './Groups.tsx'
import { ReviewStep } from './ReviewStep.tsx'
import { useArticleHosts } from './use-article-hosts.ts'
import { useStoredDraft } from './use-draft.ts'
import { useFirstArticles } from './use-first-articles.ts'
import { useSaveDraft } from './use-save-draft.ts'
import './edit.css'

export function BroadcastEditPage() {
  const { broadcastId } = useParams()
  const accountId = useAccountId()
  const account = useAccount()
  const allowed = useCan('broadcasts:write')
  const stored = useStoredDraft(broadcastId)
  const [search] = useSearchParams()
  const articles = useFirstArticles()
  if (!allowed) return <NoPermissionState />
  if (broadcastId === undefined) {
    if (account === undefined || articles === undefined) return <LoadingState />
    return <Editor key="new" initial={startOf(account, search.get('segment'), articles)} stored={undefined} />
  }
  if (stored.query.error && stored.query.data === undefined)
    return <ErrorState error={stored.query.error} onRetry={() => void stored.query.refetch()} />
  if (stored.query.data === undefined || stored.form === undefined) return <LoadingState />
  if (stored.query.data.state !== 'draft')
    return <Navigate to={`/accounts/${accountId}/broadcasts/${broadcastId}`} replace />
  return <Editor key={broadcastId} initial={stored.form} stored={stored.query.data} />
}

/** A new draft of the articles that the link names, to its segment if the account can send to one. */
function startOf(
  account: Parameters<typeof pathsFor>[0],
  segmentId: string | null,
  articles: Draft['articles'],
): Form {
  const [bySegment] = pathsFor(account, { kind: 'segments', include: ['0'], exclude: [] })
  if (segmentId !== null && /^\d{1,19}$/.test(segmentId) && bySegment !== undefined)
    return emptyForm({ ...emptyDraft(bySegment), articles, audienceKind: 'segments', include: [segmentId] })
  return emptyForm({ ...emptyDraft(pathsFor(account, { kind: 'all' })[0] ?? 'all'), articles })
}

const STEPS = ['audience', 'content', 'review'] as const
/** Which group is filled in when the page opens, so that the first save doesn't lead back to the first; counted from 1. */
const placeOf = (search: URLSearchParams) => Math.max(0, (Number(search.get('group')) || 1) - 1)

function Editor({ initial, stored }: { initial: Form; stored: Broadcast | undefined }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const navigate = useNavigate()
  const format = useFormat()
  const now = useBusinessNow()
  const { message } = App.useApp()
  const hosts = useArticleHosts()
  const [search, setSearch] = useSearchParams()
  const [form, setForm] = useState(initial)
  const [saved, setSaved] = useState(initial)
  const leaving = useRef(false)
  const { save, saving, version } = useSaveDraft(stored)
  const [place, setPlace] = useState(() => placeOf(search))
  const chosen = Math.min(place, form.groups.length - 1)
  const at = (step: string) => ({ step, ...(chosen > 0 && { group: String(chosen + 1) }) })
  const draft = form.groups[chosen] as Draft
  const change = (part: Partial<Draft>) =>
    setForm((before) => ({
      ...before,
      groups: before.groups.map((group, one) => (one === chosen ? { ...group, ...part } : group)),
    }))
  const dirty = form !== saved && JSON.stringify(form) !== JSON.stringify(saved)
  useUnsavedGuard(dirty, leaving)

  const audienceReady = form.groups.every(isGroupReady) && problemOf(form.groups) === undefined
  const contentReady = form.groups.every((group) => isContentReady(group, hosts))
  const wanted = Math.max(0, STEPS.indexOf((search.get('step') ?? 'audience') as (typeof STEPS)[number]))
  const current = Math.min(wanted, !audienceReady ? 0 : !contentReady ? 1 : stored === undefined ? 1 : 2)

  const leave = () => {
    leaving.current = true
  }
  const editOf = (id: string, where: Record<string, string>) =>
    `/accounts/${accountId}/broadcasts/${id}/edit?${new URLSearchParams(where)}`
  /** A complete choice of times is saved at once: pre-flight is of what is saved. */
  const setTimes = (next: Form) => {
    setForm(next)
    const fields = fieldsOf(next)
    if (fields !== undefined) void save(fields).then((result) => result && setSaved(next))
  }
  const goTo = async (step: number) => {
    const fields = fieldsOf(form)
    const name = STEPS[step] ?? 'audience'
    if (fields === undefined) return
    if (dirty || stored === undefined) {
      const result = await save(fields)
      if (result === undefined) return
      setSaved(form)
      if (stored === undefined) {
        leave()
        return void navigate(editOf(result.id, at(name)), { replace: true })
      }
    }
    setSearch(at(name))
    window.scrollTo({ top: 0 })
  }
  const saveArticles = async (place: number, variant: number | null, articles: Draft['articles']) => {
    const groups = form.groups.map((group, one) =>
      one === place ? withArticles(group, variant, articles) : group,
    )
    const next = { ...form, groups }
    const fields = fieldsOf(next)
    if (fields === undefined || (await save(fields)) === undefined) return
    setForm(next)
    setSaved(next)
  }
  const savable = keptOf(form, '-') !== undefined
  /** As far as it goes: what is missing can be filled in later. */
  const keep = async () => {
    const fields = keptOf(form, t('massGroups.untitled', { at: format.instant(new Date(now)) }))
    const result = fields && (await save(fields))
    if (result === undefined) return undefined
    setSaved(form)
    leave()
    return result
  }
  const saveDraft = async () => {
    const result = await keep()
    if (result === undefined) return
    if (stored === undefined)
      return void navigate(editOf(result.id, at(STEPS[current] ?? 'audience')), { replace: true })
    leaving.current = false
  }
  const close = async () => {
    // what can't be kept is asked about
    if (dirty && !savable) return void navigate(`/accounts/${accountId}/broadcasts`)
    if (dirty && (await keep()) === undefined) return
    if (dirty || stored !== undefined) void message.success(t('massGroups.kept'))
    leave()
    void navigate(`/accounts/${accountId}/broadcasts`)
  }
  const ready = [audienceReady, contentReady][current] ?? false
  const groupCards = (
    <GroupCards
      groups={form.groups}
      chosen={chosen}
      onChoose={setPlace}
      onChange={(groups) => setForm((before) => ({ ...before, groups }))}
    />
  )
  return (
    <>
      <PageHeader
        title={form.groups[0]?.name.trim() || t('broadcasts.new')}
        back={{ to: `/accounts/${accountId}/broadcasts`, label: t('nav.broadcasts') }}
        actions={
          <>
            {stored && <DeleteDraftButton broadcastId={stored.id} onDeleted={leave} />}
            <SaveButton
              dirty={dirty}
              fresh={stored === undefined}
              ready={savable}
              saving={saving}
              onSave={() => void saveDraft()}
            />
            <Tooltip title={t('massGroups.closeHint')}>
              <Button icon={<CloseOutlined />} onClick={() => void close()}>
                {t('common.close')}
              </Button>
            </Tooltip>
          </>
        }
      />
      <Steps
        className="w-edit-steps"
        size="small"
        current={current}
        onChange={(step) => void goTo(step)}
        items={STEPS.map((step, place) => ({
          title: t(`broadcasts.step.${step}`),
          disabled: place > current && !(place === 1 ? audienceReady : audienceReady && contentReady),
        }))}
      />
      {current < 2 && groupCards}
      {current === 0 && (
        <div className="w-stack" style={{ maxWidth: 860 }}>
          <AudienceStep
            key={draft.key}
            draft={draft}
            onChange={change}
            isComparison={chosen > 0}
            mostParts={MAX_GROUPS - form.groups.length + 1}
            onSplit={(parts) =>
              setForm((before) => ({ ...before, groups: splitInto(before.groups, chosen, parts) }))
            }
          />
        </div>
      )}
      {current === 1 && (
        <ExperimentStep key={draft.key} draft={draft} onChange={change}>
          <ContentStep draft={draft} onChange={change} />
        </ExperimentStep>
      )}
      {current === 2 && stored && (
        <ReviewStep
          form={form}
          saved={!dirty}
          saving={saving}
          broadcastId={stored.id}
          version={version}
          onTimes={setTimes}
          onArticles={saveArticles}
          onSent={leave}
        />
      )}
      {current < 2 && (
        <div className="w-edit-foot w-edit-foot-sticky">
          {current > 0 && <Button onClick={() => void goTo(current - 1)}>{t('common.back')}</Button>}
          <Button type="primary" disabled={!ready} loading={saving} onClick={() => void goTo(current + 1)}>
            {t('common.next')}
          </Button>
          {!ready && (
            <span className="w-faint">
              {t(current === 0 ? 'broadcasts.audienceIncomplete' : 'broadcasts.contentIncomplete')}
            </span>
          )}
        </div>
      )}
    </>
  )
}

function SaveButton({
  dirty,
  fresh,
  ready,
  saving,
  onSave,
}: {
  dirty: boolean
  fresh: boolean
  ready: boolean
  saving: boolean
  onSave: () => void
}) {
  const { t } = useTranslation()
  return (
    <>
      {(dirty || !fresh) && (
        <span className="w-faint w-small">{t(dirty ? 'common.unsaved' : 'broadcasts.draftSaved')}</span>
      )}
      <Tooltip title={ready ? undefined : t('broadcasts.audienceIncomplete')}>
        <Button disabled={!ready || !dirty} loading={saving} onClick={onSave}>
          {t('broadcasts.saveDraft')}
        </Button>
      </Tooltip>
    </>
  )
}
