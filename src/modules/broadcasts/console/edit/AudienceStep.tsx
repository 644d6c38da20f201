import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList, useEndpoint } from '../../../../console/hooks.ts'
import { useAccount, useAccountId } from '../../../../console/session.ts'
import { Choices } from '../../../../console/ui/Choices.tsx'
import { useSentence } from '../../../../console/ui/sentence.ts'
import { useWechatTags } from '../../../../console/wechat-tags.ts'
import { decidePath } from '../../../../wechat/rules/broadcast-quota.ts'
import { ActivityPicker } from '../../../activities/console/index.ts'
import { CreateListButton, FanPicker } from '../../../contacts/console/index.ts'
import { countFansEndpoint, listFanListsEndpoint } from '../../../contacts/schema.ts'
import { pathsFor } from '../../rules.ts'
import { type GroupAudience, PATHS, type Path } from '../../schema.ts'
import { audienceOf, type Draft } from './draft.ts'
import { HoldoutPanel } from './experiment/HoldoutPanel.tsx'
import { RuleChoice } from './RuleChoice.tsx'
import { SegmentChoice } from './SegmentChoice.tsx'

type StepProps = {
  draft: Draft
  onChange: (part: Partial<Draft>) => void
  /** A comparison group has all who remain to choose from as well. */
  isComparison?: boolean
  /** 随机分组: takes the parts that the chosen segment was split into as groups. */
  onSplit?: (parts: { id: string; name: string }[]) => void
  /** Into how many, at most. */
  mostParts?: number
}

/** Step 1: what it is called, whom it is for, and which way it goes. */
export function AudienceStep(props: StepProps) {
  const { draft, onChange, isComparison = false } = props
  const { t } = useTranslation()
  return (
    <>
      <section className="w-panel">
        <h2>{t(isComparison ? 'massGroups.groupName' : 'broadcasts.name')}</h2>
        <Input
          autoFocus={draft.name === ''}
          maxLength={60}
          showCount
          value={draft.name}
          placeholder={t('broadcasts.namePlaceholder')}
          onChange={(event) => onChange({ name: event.target.value })}
        />
        <div className="w-faint w-small" style={{ marginTop: 4 }}>
          {t('broadcasts.nameHint')}
        </div>
        <div className="w-soft w-small" style={{ margin: '14px 0 4px' }}>
          {t('broadcasts.activity')}
        </div>
        <ActivityPicker value={draft.activityId} onChange={(activityId) => onChange({ activityId })} />
        <div className="w-faint w-small" style={{ marginTop: 4 }}>
          {t('massGroups.activityHint')}
        </div>
      </section>
      <AudiencePanel {...props} />
      <PathPanel draft={draft} onChange={onChange} isComparison={isComparison} />
      <HoldoutPanel draft={draft} onChange={onChange} />
    </>
  )
}

/** Whom, of every kind of audience. */
export function AudiencePanel(props: StepProps) {
  const { draft, onChange, isComparison = false } = props
  const { t } = useTranslation()
  const account = useAccount()
  const choose = (kind: GroupAudience['kind']) => {
    const paths = account
      ? pathsFor(account, probe(kind)).filter((path) => !isComparison || path === 'list')
      : []
    onChange({ audienceKind: kind, path: paths.includes(draft.path) ? draft.path : (paths[0] ?? draft.path) })
  }
  const usable = (kind: GroupAudience['kind']) =>
    account !== undefined && pathsFor(account, probe(kind)).length > 0
  return (
    <section className="w-panel">
      <h2>{t('audience.title')}</h2>
      <Choices
        label={t('audience.title')}
        value={draft.audienceKind}
        onChange={choose}
        choices={(isComparison ? COMPARED : KINDS).map((kind) => ({
          value: kind,
          title: t(`audience.kind.${kind}`),
          hint: t(`audience.kindHint.${kind}`),
          disabled: !usable(kind),
        }))}
      />
      <div style={{ marginTop: 14 }}>
        {draft.audienceKind === 'tag' && <TagChoice draft={draft} onChange={onChange} />}
        {draft.audienceKind === 'segments' && <SegmentChoice {...props} />}
        {draft.audienceKind === 'rule' && <RuleChoice draft={draft} onChange={onChange} />}
        {draft.audienceKind === 'list' && <ListChoice draft={draft} onChange={onChange} />}
        {draft.audienceKind === 'fans' && <FanChoice draft={draft} onChange={onChange} />}
        <Estimate draft={draft} />
      </div>
    </section>
  )
}

const KINDS = ['segments', 'all', 'rule', 'tag', 'list', 'fans'] as const
const COMPARED = ['segments', 'remaining', 'rule', 'tag', 'list', 'fans'] as const

/** Which paths there are depends on the kind alone, so any member of it serves to ask. */
function probe(kind: GroupAudience['kind']): GroupAudience {
  switch (kind) {
    case 'remaining':
    case 'all':
      return { kind }
    case 'tag':
      return { kind, tagId: 0 }
    case 'list':
      return { kind, listId: '0' }
    case 'fans':
      return { kind, fanIds: ['0'] }
    case 'segments':
      return { kind, include: ['0'], exclude: [] }
    case 'rule':
      return { kind, rule: { kind: 'identity', has: 'fan' } }
  }
}

function TagChoice({ draft, onChange }: StepProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { items, query } = useWechatTags()
  return (
    <Select
      showSearch={{ optionFilterProp: 'name' }}
      style={{ width: '100%', maxWidth: 420 }}
      loading={query.isPending}
      placeholder={t('audience.chooseTag')}
      value={draft.tagId ?? null}
      onChange={(tagId: number) => onChange({ tagId })}
      notFoundContent={t('tags.empty')}
      options={items.map((tag) => ({
        value: tag.tagId,
        name: tag.name,
        label: `${tag.name}（${format.number(tag.memberCount)}）`,
      }))}
    />
  )
}

function ListChoice({ draft, onChange }: StepProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const lists = useCursorList(listFanListsEndpoint, { params: { accountId }, query: { limit: 200 } })
  return (
    <div className="w-row">
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        style={{ flex: 1, maxWidth: 420 }}
        loading={lists.isLoading}
        placeholder={t('audience.chooseList')}
        value={draft.listId ?? null}
        onChange={(listId: string) => onChange({ listId })}
        notFoundContent={t('lists.empty')}
        options={lists.items.map((list) => ({
          value: list.id,
          label: `${list.name}（${format.number(list.size)}）`,
        }))}
      />
      <CreateListButton onCreated={({ id }) => onChange({ listId: id })} />
    </div>
  )
}

function FanChoice({ draft, onChange }: StepProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [open, setOpen] = useState(false)
  return (
    <div className="w-row">
      <Button onClick={() => setOpen(true)}>{t('audience.pickFans')}</Button>
      <span className="w-soft">{t('common.selected', { number: format.number(draft.fanIds.length) })}</span>
      <FanPicker
        open={open}
        chosen={draft.fanIds}
        onClose={() => setOpen(false)}
        onChoose={(fanIds) => {
          setOpen(false)
          onChange({ fanIds })
        }}
      />
    </div>
  )
}

function Estimate({ draft }: { draft: Draft }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const countable =
    draft.audienceKind === 'all' || (draft.audienceKind === 'tag' && draft.tagId !== undefined)
  const count = useEndpoint(
    countFansEndpoint,
    { params: { accountId }, query: draft.audienceKind === 'tag' ? { tagId: draft.tagId } : {} },
    { enabled: countable },
  )
  if (!countable || count.data === undefined) return null
  return (
    <p className="w-soft" style={{ margin: '10px 0 0' }}>
      {t('audience.estimate', { number: format.number(count.data.following) })}
    </p>
  )
}

/** The ways differ in what can be promised, so this is said where one of them is chosen. */
function PathPanel({ draft, onChange, isComparison = false }: StepProps) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const account = useAccount()
  if (account === undefined) return null
  const audience = audienceOf(draft) ?? probe(draft.audienceKind)
  const available = pathsFor(account, audience)
  const wanted: readonly Path[] = isComparison
    ? ['list']
    : draft.audienceKind === 'all'
      ? ['list', 'all']
      : draft.audienceKind === 'tag'
        ? ['list', 'tag']
        : ['list']
  const hintOf = (path: Path) => {
    const decision = decidePath(account, path)
    return decision.can ? t(`broadcasts.pathHint.${path}`) : sentence(decision.advice)
  }
  return (
    <section className="w-panel">
      <h2>{t('broadcasts.path')}</h2>
      <Choices
        label={t('broadcasts.path')}
        value={draft.path}
        onChange={(path) => onChange({ path })}
        choices={PATHS.filter((path) => wanted.includes(path)).map((path) => ({
          value: path,
          title: t(`broadcasts.pathName.${path}`),
          hint: hintOf(path),
          disabled: !available.includes(path),
        }))}
      />
    </section>
  )
}
