import { Button, Form, Input, Radio, Switch } from 'antd'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../../console/ui/ConfirmWithNumbers.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { Loaded, NoPermissionState } from '../../../../console/ui/states.tsx'
import { useUnsavedGuard } from '../../../../console/use-unsaved-guard.ts'
import {
  createRecallRuleEndpoint,
  getRecallRuleEndpoint,
  listRecallRulesEndpoint,
  type RecallRule,
  type RecallRuleFields,
  recallNumbersEndpoint,
  updateRecallRuleEndpoint,
} from '../../schema.ts'
import { CustomReplies } from './CustomReplies.tsx'
import { DefaultReply } from './DefaultReply.tsx'
import { bodyOf, type Draft, draftOf, type FieldProps, lackOf, newDraft, timedOf } from './draft.ts'
import { EstimateStrip, useRecallEstimate } from './EstimateStrip.tsx'
import { TagFields } from './TagFields.tsx'
import { TimeFields } from './TimeFields.tsx'
import '../recalls.css'

/** What a later module shows below the form: the rule as it stands there, null while it isn't whole, and as it is stored. */
export type BelowForm = (form: {
  rule: Playable | null
  name: string
  stored: RecallRule | undefined
}) => ReactNode
type Playable = Pick<RecallRuleFields, 'minutes' | 'reading' | 'include' | 'exclude' | 'limits'>

/** Makes a rule, or changes one: name, time, whom, what. */
export function RecallEditPage({ below }: { below?: BelowForm }) {
  const { recallId } = useParams()
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('recalls:write')
  const query = useEndpoint(
    getRecallRuleEndpoint,
    { params: { accountId, recallId: recallId ?? '' } },
    // what is being edited is not read again meanwhile
    { enabled: allowed && recallId !== undefined, staleMs: Number.POSITIVE_INFINITY },
  )
  if (!allowed) return <NoPermissionState />
  const words = {
    greeting: t('recalls.form.greetingExample'),
    phrase: t('recalls.form.phraseExample'),
    says: t('recalls.form.saysExample'),
  }
  if (recallId === undefined)
    return <Editor key="new" initial={newDraft(words)} stored={undefined} below={below} />
  return (
    <Loaded query={query}>
      {({ rule }) => <Editor key={rule.id} initial={draftOf(rule, words)} stored={rule} below={below} />}
    </Loaded>
  )
}

type EditorProps = { initial: Draft; stored: RecallRule | undefined; below: BelowForm | undefined }

function Editor({ initial, stored, below }: EditorProps) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [draft, setDraft] = useState(initial)
  const leaving = useRef(false)
  useUnsavedGuard(draft !== initial, leaving)
  const change: FieldProps['change'] = (part) => setDraft((before) => ({ ...before, ...part }))
  const estimate = useRecallEstimate(draft, stored?.id ?? null)
  const shared = { draft, change }
  const back = `/accounts/${accountId}/recalls${stored === undefined ? '' : `/${stored.id}`}`
  return (
    <>
      <PageHeader
        title={t(stored === undefined ? 'recalls.add' : 'recalls.edit')}
        sub={t(stored === undefined ? 'recalls.form.startsNow' : 'recalls.form.keepsPlace')}
        back={{ to: back, label: stored?.name ?? t('recalls.title') }}
        actions={<Save draft={draft} stored={stored} atOnce={estimate?.atOnce ?? 0} leaving={leaving} />}
      />
      <div className="w-stack">
        <section className="w-panel">
          <Form layout="vertical" component="div">
            <Form.Item label={t('recalls.form.name')} required style={{ marginBottom: 0 }}>
              <Input
                aria-label={t('recalls.form.name')}
                style={{ maxWidth: 480 }}
                maxLength={60}
                placeholder={t('recalls.form.namePlaceholder')}
                value={draft.name}
                onChange={(event) => change({ name: event.target.value })}
              />
            </Form.Item>
          </Form>
        </section>
        <TimeFields {...shared} />
        <TagFields {...shared} />
        <section className="w-panel">
          <h2>{t('recalls.estimate.title')}</h2>
          <EstimateStrip estimate={estimate} />
        </section>
        <section className="w-panel">
          <h2>{t('recalls.form.content')}</h2>
          <Radio.Group
            optionType="button"
            style={{ marginBottom: 16 }}
            value={draft.kind}
            onChange={(event) => change({ kind: event.target.value as Draft['kind'] })}
            options={(['default', 'custom'] as const).map((kind) => ({
              value: kind,
              label: t(`recalls.form.${kind}`),
            }))}
          />
          {draft.kind === 'default' ? <DefaultReply {...shared} /> : <CustomReplies {...shared} />}
        </section>
        <LimitFields {...shared} />
        {stored === undefined && (
          <section className="w-panel w-row">
            <Switch
              aria-label={t('recalls.form.onNow')}
              checked={draft.on}
              onChange={(on) => change({ on })}
            />
            {t('recalls.form.onNow')}
          </section>
        )}
        {below?.({ rule: timedOf(draft), name: draft.name, stored })}
      </div>
    </>
  )
}

function LimitFields({ draft: { limits }, change }: FieldProps) {
  const { t } = useTranslation()
  return (
    <section className="w-panel">
      <h2>{t('recalls.form.limits')}</h2>
      <Form layout="vertical" component="div">
        <Form.Item label={t('recalls.form.caps')}>
          <Radio.Group
            value={limits.caps}
            onChange={(event) => change({ limits: { ...limits, caps: event.target.value as 'inherit' } })}
            options={[
              { value: 'inherit', label: t('recalls.form.capsInherit') },
              { value: 'none', label: t('recalls.form.capsNone') },
            ]}
          />
        </Form.Item>
        <Form.Item label={t('recalls.form.quiet')} style={{ marginBottom: 0 }}>
          <Radio.Group
            value={limits.quiet}
            onChange={(event) => change({ limits: { ...limits, quiet: event.target.value as 'inherit' } })}
            options={[
              { value: 'inherit', label: t('recalls.form.quietInherit') },
              { value: 'none', label: t('recalls.form.quietNone') },
            ]}
          />
        </Form.Item>
      </Form>
    </section>
  )
}

type SaveProps = {
  draft: Draft
  stored: RecallRule | undefined
  atOnce: number
  leaving: React.RefObject<boolean>
}

/** Asks first where an earlier time makes moments pass that were still to come. */
function Save({ draft, stored, atOnce, leaving }: SaveProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const [asking, setAsking] = useState(false)
  const lack = lackOf(draft)
  const saved = {
    invalidates: [listRecallRulesEndpoint, getRecallRuleEndpoint, recallNumbersEndpoint],
    success: t(stored === undefined && draft.on ? 'recalls.form.savedOn' : 'common.saved'),
    onSuccess: ({ id }: RecallRule) => {
      leaving.current = true
      void navigate(`/accounts/${accountId}/recalls/${stored === undefined ? '' : id}`)
    },
  }
  const create = useEndpointMutation(createRecallRuleEndpoint, saved)
  const update = useEndpointMutation(updateRecallRuleEndpoint, saved)
  const save = () => {
    setAsking(false)
    const body = bodyOf(draft)
    if (stored === undefined) create.mutate({ params: { accountId }, body: { ...body, on: draft.on } })
    else
      update.mutate({
        params: { accountId, recallId: stored.id },
        body: { ...body, version: stored.version },
      })
  }
  return (
    <>
      {lack !== null && <span className="w-soft w-small">{t(`recalls.form.lack.${lack}`)}</span>}
      <Button
        type="primary"
        disabled={lack !== null}
        loading={create.isPending || update.isPending}
        onClick={() => (atOnce > 0 ? setAsking(true) : save())}
      >
        {t('common.save')}
      </Button>
      <ConfirmWithNumbers
        open={asking}
        title={t('recalls.form.atOnce.title')}
        numbers={[{ label: t('recalls.form.atOnce.label'), value: format.number(atOnce), strong: true }]}
        okText={t('recalls.form.atOnce.ok')}
        onConfirm={save}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
