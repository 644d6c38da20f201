import { Button, Tooltip } from 'antd'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useNavigate, useParams, useSearchParams } from 'react-router'
import { ApiError } from '../../../../console/api.ts'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { Loaded, NoPermissionState } from '../../../../console/ui/states.tsx'
import { useUnsavedGuard } from '../../../../console/use-unsaved-guard.ts'
import { ruleSchema } from '../../schema/rule.ts'
import {
  createSegmentEndpoint,
  getSegmentEndpoint,
  listSegmentsEndpoint,
  listSnapshotsEndpoint,
  type Segment,
  updateSegmentEndpoint,
} from '../../schema/segment.ts'
import { RuleBuilder } from '../builder/RuleBuilder.tsx'
import { EstimatePanel } from '../estimate/EstimatePanel.tsx'
import { PeoplePanel } from '../estimate/PeoplePanel.tsx'
import { useEstimate } from '../estimate/use-estimate.ts'
import { type Chosen, WhyPanel } from '../estimate/WhyPanel.tsx'
import { useCatalogue } from '../names/use-catalogue.ts'
import { problemsOf } from '../rule/problems.ts'
import { isEmptyRule } from '../rule/tree.ts'
import { type Draft, draftOf, fieldsOf, newDraft } from './draft.ts'
import { SettingsPanel } from './SettingsPanel.tsx'
import { StartingPoints } from './StartingPoints.tsx'
import './pages.css'

export function SegmentEditPage() {
  const { segmentId } = useParams()
  const [search] = useSearchParams()
  const allowed = useCan('segments:write')
  const start = search.get('start') ?? undefined
  const query = useEndpoint(
    getSegmentEndpoint,
    { params: { segmentId: segmentId ?? '' } },
    { enabled: segmentId !== undefined && allowed },
  )
  if (!allowed) return <NoPermissionState />
  if (segmentId === undefined)
    return <Editor key={start ?? 'new'} initial={newDraft(start)} stored={undefined} />
  return (
    <Loaded query={query}>
      {(segment) =>
        segment.archivedAt !== null ? (
          <Navigate to={`/segments/${segment.id}`} replace />
        ) : (
          <Editor key={segment.id} initial={draftOf(segment)} stored={segment} />
        )
      }
    </Loaded>
  )
}

type Refused = { path: number[]; reason: string; detail?: Record<string, unknown> }
const refusedBy = (error: unknown): Refused[] =>
  error instanceof ApiError && error.reason === 'rule_invalid'
    ? ((error.detail['problems'] as Refused[] | undefined) ?? [])
    : []

function Editor({ initial, stored }: { initial: Draft; stored: Segment | undefined }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [draft, setDraft] = useState(initial)
  const [chosen, setChosen] = useState<Chosen | undefined>()
  const leaving = useRef(false)
  const { rule, accountId } = draft
  const isStatic = stored?.updateKind === 'static'
  const asked = useEstimate(rule, accountId)
  const ready = !isEmptyRule(rule) && problemsOf(rule).length === 0
  const dirty = draft !== initial
  useUnsavedGuard(dirty, leaving)
  const { names } = useCatalogue({ rule, accountId, segmentId: stored?.id })
  const { save, saving, error } = useSave(stored, (id) => {
    leaving.current = true
    void navigate(`/segments/${id}`)
  })
  const refused = useMemo(() => [...refusedBy(asked.error), ...refusedBy(error)], [asked.error, error])
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  const missing =
    draft.name.trim() === '' ? 'segments.needsName' : ready || isStatic ? undefined : 'segments.needsRule'
  return (
    <>
      <PageHeader
        title={stored?.name ?? t('segments.new')}
        back={{ to: '/segments', label: t('nav.segments') }}
        actions={
          <Tooltip title={missing === undefined ? undefined : t(missing)}>
            <Button
              type="primary"
              loading={saving}
              disabled={missing !== undefined || (stored !== undefined && !dirty)}
              onClick={() => save(draft)}
            >
              {t('common.save')}
            </Button>
          </Tooltip>
        }
      />
      <div className={isStatic ? '' : 'w-segment-edit'}>
        <div className="w-stack">
          {!isStatic && (
            <section className="w-panel">
              <h2>{t('segments.rule')}</h2>
              {isEmptyRule(rule) && (
                <>
                  <p className="w-soft w-rule-intro">{t('segments.ruleIntro')}</p>
                  <StartingPoints
                    onChoose={(start) =>
                      setDraft({ ...newDraft(start), accountId, name: draft.name || newDraft(start).name })
                    }
                  />
                </>
              )}
              <RuleBuilder
                value={rule}
                onChange={(next) => change({ rule: next })}
                clauses={asked.estimate?.clauses ?? []}
                {...(asked.estimate && { total: asked.estimate.total })}
                {...(accountId !== undefined && { accountId })}
                {...(stored !== undefined && { segmentId: stored.id })}
                refused={refused}
              />
            </section>
          )}
          <SettingsPanel draft={draft} onChange={change} stored={stored} />
        </div>
        {!isStatic && (
          <aside className="w-segment-side">
            <EstimatePanel rule={rule} asked={asked} />
            <PeoplePanel
              rule={rule}
              accountId={accountId}
              ready={ready && !asked.isAsking}
              onWhy={setChosen}
            />
            <WhyPanel rule={rule} names={names} ready={ready} chosen={chosen} onChoose={setChosen} />
          </aside>
        )}
      </div>
    </>
  )
}

const CHANGED = [listSegmentsEndpoint, getSegmentEndpoint, listSnapshotsEndpoint]

function useSave(stored: Segment | undefined, onSaved: (id: string) => void) {
  const { t } = useTranslation()
  const options = {
    invalidates: CHANGED,
    success: t('common.saved'),
    onSuccess: ({ id }: Segment) => onSaved(id),
  }
  const create = useEndpointMutation(createSegmentEndpoint, options)
  const update = useEndpointMutation(updateSegmentEndpoint, options)
  const save = (draft: Draft) => {
    if (stored === undefined) {
      const { accountId } = draft
      create.mutate({ body: { ...fieldsOf(draft), ...(accountId !== undefined && { accountId }) } })
      return
    }
    const { rule, updateKind, dailyMinute, ...rest } = fieldsOf(draft)
    const ruled =
      stored.updateKind === 'static' ? {} : { rule: ruleSchema.parse(rule), updateKind, dailyMinute }
    update.mutate({
      params: { segmentId: stored.id },
      body: { ...rest, ...ruled, version: stored.version },
    })
  }
  return { save, saving: create.isPending || update.isPending, error: create.error ?? update.error }
}
