import { App, Button, Steps, Tooltip } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useBlocker, useNavigate, useParams, useSearchParams } from 'react-router'
import { useAccount, useAccountId, useCan } from '../../../../console/session.ts'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { ErrorState, LoadingState, NoPermissionState } from '../../../../console/ui/states.tsx'
import { pathsFor } from '../../rules.ts'
import type { Broadcast } from '../../schema.ts'
import { DeleteDraftButton } from '../DeleteDraftButton.tsx'
import { AudienceStep } from './AudienceStep.tsx'
import { ContentStep } from './ContentStep.tsx'
import { audienceOf, type Draft, emptyDraft, fieldsOf, isContentReady } from './draft.ts'
import { ReviewStep } from './ReviewStep.tsx'
import { useArticleHosts } from './use-article-hosts.ts'
import { useStoredDraft } from './use-draft.ts'
import { useSaveDraft } from './use-save-draft.ts'
import './edit.css'

export function BroadcastEditPage() {
  const { broadcastId } = useParams()
  const accountId = useAccountId()
  const account = useAccount()
  const allowed = useCan('broadcasts:write')
  const stored = useStoredDraft(broadcastId)
  const [search] = useSearchParams()
  if (!allowed) return <NoPermissionState />
  if (broadcastId === undefined) {
    return account === undefined ? (
      <LoadingState />
    ) : (
      <Editor key="new" initial={startOf(account, search.get('segment'))} stored={undefined} />
    )
  }
  if (stored.query.error && stored.query.data === undefined)
    return <ErrorState error={stored.query.error} onRetry={() => void stored.query.refetch()} />
  if (stored.query.data === undefined || stored.draft === undefined) return <LoadingState />
  if (stored.query.data.state !== 'draft')
    return <Navigate to={`/accounts/${accountId}/broadcasts/${broadcastId}`} replace />
  return <Editor key={broadcastId} initial={stored.draft} stored={stored.query.data} />
}

/** A new draft, to the segment that the link names if the account can send to one. */
function startOf(account: Parameters<typeof pathsFor>[0], segmentId: string | null): Draft {
  const [bySegment] = pathsFor(account, { kind: 'segments', include: ['0'], exclude: [] })
  if (segmentId !== null && /^\d{1,19}$/.test(segmentId) && bySegment !== undefined)
    return { ...emptyDraft(bySegment), audienceKind: 'segments', include: [segmentId] }
  return emptyDraft(pathsFor(account, { kind: 'all' })[0] ?? 'all')
}

const STEPS = ['audience', 'content', 'review'] as const

function Editor({ initial, stored }: { initial: Draft; stored: Broadcast | undefined }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const navigate = useNavigate()
  const hosts = useArticleHosts()
  const [search, setSearch] = useSearchParams()
  const [draft, setDraft] = useState(initial)
  const [saved, setSaved] = useState(initial)
  const leaving = useRef(false)
  const { save, saving, version } = useSaveDraft(stored)
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  const dirty = draft !== saved && JSON.stringify(draft) !== JSON.stringify(saved)
  useUnsavedGuard(dirty, leaving)

  const audienceReady = fieldsOf(draft) !== undefined
  const contentReady = isContentReady(draft, hosts)
  const wanted = Math.max(0, STEPS.indexOf((search.get('step') ?? 'audience') as (typeof STEPS)[number]))
  const current = Math.min(wanted, !audienceReady ? 0 : !contentReady ? 1 : stored === undefined ? 1 : 2)

  const leave = () => {
    leaving.current = true
  }
  const goTo = async (step: number) => {
    const fields = fieldsOf(draft)
    const name = STEPS[step] ?? 'audience'
    if (fields === undefined) return
    if (dirty || stored === undefined) {
      const result = await save(fields)
      if (result === undefined) return
      setSaved(draft)
      if (stored === undefined) {
        leave()
        return void navigate(`/accounts/${accountId}/broadcasts/${result.id}/edit?step=${name}`, {
          replace: true,
        })
      }
    }
    setSearch({ step: name })
    window.scrollTo({ top: 0 })
  }
  const saveArticles = async (articles: Draft['articles']) => {
    const next = { ...draft, articles }
    const fields = fieldsOf(next)
    if (fields === undefined || (await save(fields)) === undefined) return
    setDraft(next)
    setSaved(next)
  }
  const ready = [audienceReady, contentReady][current] ?? false
  return (
    <>
      <PageHeader
        title={draft.name.trim() === '' ? t('broadcasts.new') : draft.name}
        back={{ to: `/accounts/${accountId}/broadcasts`, label: t('nav.broadcasts') }}
        actions={
          <>
            <SaveButton
              dirty={dirty}
              fresh={stored === undefined}
              ready={audienceReady}
              saving={saving}
              onSave={() => void goTo(current)}
            />
            {stored && <DeleteDraftButton broadcastId={stored.id} onDeleted={leave} />}
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
      {current === 0 && <AudienceStep draft={draft} onChange={change} />}
      {current === 1 && <ContentStep draft={draft} onChange={change} />}
      {current === 2 && stored && (
        <ReviewStep
          draft={draft}
          broadcastId={stored.id}
          version={version}
          audience={audienceOf(draft)}
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

/** Asks before another page would lose what was typed. */
function useUnsavedGuard(dirty: boolean, leaving: React.RefObject<boolean>) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      dirty && !leaving.current && currentLocation.pathname !== nextLocation.pathname,
  )
  useEffect(() => {
    if (blocker.state !== 'blocked') return
    modal.confirm({
      title: t('broadcasts.leaveTitle'),
      content: t('broadcasts.leaveHint'),
      okText: t('broadcasts.leaveGo'),
      cancelText: t('broadcasts.leaveStay'),
      onOk: () => blocker.proceed(),
      onCancel: () => blocker.reset(),
    })
  }, [blocker, modal, t])
  useEffect(() => {
    if (!dirty) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [dirty])
}
