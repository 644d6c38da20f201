import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { arrayMove } from '@dnd-kit/sortable'
import { Alert, Button, Popconfirm, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAccount } from '../../../../console/session.ts'
import { Cover } from '../../../../console/ui/Cover.tsx'
import { Sorting, useSorted } from '../../../../console/ui/Sorting.tsx'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import { pathsFor } from '../../rules.ts'
import { MAX_GROUPS } from '../../schema.ts'
import { useAudienceText } from '../words.tsx'
import { audienceOf, type Draft, emptyDraft, isContentReady, isGroupReady } from './draft.ts'
import { problemOf } from './Groups.tsx'
import { useArticleHosts } from './use-article-hosts.ts'

type Props = {
  groups: Draft[]
  chosen: number
  onChoose: (place: number) => void
  onChange: (groups: Draft[]) => void
}

/** 发送组 in the order in which people are chosen: drawn to another place, added, removed; the chosen one is edited below. */
export function GroupCards({ groups, chosen, onChoose, onChange }: Props) {
  const { t } = useTranslation()
  const move = (from: number, to: number) => {
    const kept = groups[chosen]?.key
    const ordered = arrayMove(groups, from, to)
    onChange(ordered)
    onChoose(ordered.findIndex(({ key }) => key === kept))
  }
  const remove = (place: number) => {
    onChange(groups.filter((_, one) => one !== place))
    onChoose(Math.max(0, place <= chosen ? chosen - 1 : chosen))
  }
  const problem = problemOf(groups)
  return (
    <section className="w-group-cards" aria-label={t('massGroups.groups')}>
      <Sorting ids={groups.map(({ key }) => key)} onMove={move} wraps>
        <div className="w-group-row" role="tablist" aria-label={t('massGroups.groups')}>
          {groups.map((group, place) => (
            <Card
              key={group.key}
              group={group}
              place={place}
              several={groups.length > 1}
              isChosen={place === chosen}
              onChoose={() => onChoose(place)}
              onRemove={() => remove(place)}
            />
          ))}
          <AddCard groups={groups} onChoose={onChoose} onChange={onChange} />
        </div>
      </Sorting>
      {problem !== undefined && <Alert type="error" showIcon title={t(`errors.${problem}`)} />}
    </section>
  )
}

type CardProps = {
  group: Draft
  place: number
  several: boolean
  isChosen: boolean
  onChoose: () => void
  onRemove: () => void
}

function Card({ group, place, several, isChosen, onChoose, onRemove }: CardProps) {
  const { t } = useTranslation()
  const hosts = useArticleHosts()
  const audience = useAudienceText(audienceOf(group))
  const sorted = useSorted(group.key, `w-group-card${isChosen ? ' w-group-chosen' : ''}`)
  const name = group.name.trim() === '' ? t('massGroups.unnamed') : group.name
  const isReady = isGroupReady(group) && isContentReady(group, hosts)
  return (
    <div {...sorted.place}>
      <div className="w-group-head">
        {several && (
          <Tooltip title={t('massGroups.drag')}>{sorted.handle(t('massGroups.dragOf', { name }))}</Tooltip>
        )}
        <button type="button" role="tab" aria-selected={isChosen} onClick={onChoose}>
          {place + 1}. {name}
        </button>
        {several && (
          <Popconfirm
            title={t('massGroups.removeTitle')}
            okText={t('massGroups.remove')}
            onConfirm={onRemove}
          >
            <Button
              type="text"
              size="small"
              danger
              icon={<DeleteOutlined />}
              aria-label={t('massGroups.removeOf', { name })}
            />
          </Popconfirm>
        )}
      </div>
      {/* the name above is what keys reach; the rest of the card is a bigger target for the same */}
      <div className="w-group-body" onClick={onChoose} aria-hidden="true">
        <div className="w-group-line">{audience === '' ? t('massGroups.noPeople') : audience}</div>
        <Message group={group} />
        <StateTag tone={isReady ? 'good' : 'warn'}>
          {t(isReady ? 'massGroups.complete' : 'massGroups.incomplete')}
        </StateTag>
      </div>
    </div>
  )
}

/** What the group gets, in a line. */
function Message({ group }: { group: Draft }) {
  const { t } = useTranslation()
  const [first, ...others] = group.articles
  const kind = t(`broadcasts.content.${group.contentKind}`)
  if (group.test !== null)
    return (
      <div className="w-group-line w-faint">
        {t('massGroups.tested', { count: group.test.variants.length })}
      </div>
    )
  if (group.contentKind !== 'articles')
    return (
      <div className="w-group-line w-faint">
        {kind}
        {group.contentKind === 'text' && group.text !== '' && ` · ${group.text}`}
      </div>
    )
  if (first === undefined) return <div className="w-group-line w-faint">{t('massGroups.noContent')}</div>
  return (
    <div className="w-group-message">
      <Cover url={first.coverUrl} shape="wide" />
      <span className="w-group-line w-faint">
        {first.title}
        {others.length > 0 && ` +${others.length}`}
      </span>
    </div>
  )
}

/** Why another group can't be added; undefined where it can. */
function useWhyNoMore(groups: readonly Draft[]): string | undefined {
  const { t } = useTranslation()
  const account = useAccount()
  const exact =
    account === undefined ? [] : pathsFor(account, { kind: 'segments', include: ['0'], exclude: [] })
  const last = groups.at(-1)
  if (exact.length === 0) return t('massGroups.needsList')
  if (last?.audienceKind === 'all' || last?.audienceKind === 'remaining')
    return t(groups.length === 1 ? 'massGroups.needsChosen' : 'massGroups.nobodyLeft')
  if (groups.some(({ path }) => path !== 'list')) return t('massGroups.needsListPath')
  return groups.length >= MAX_GROUPS ? t('massGroups.most', { count: MAX_GROUPS }) : undefined
}

function AddCard({ groups, onChoose, onChange }: Omit<Props, 'chosen'>) {
  const { t } = useTranslation()
  const why = useWhyNoMore(groups)
  const add = () => {
    const name = t('massGroups.numbered', { number: groups.length })
    onChange([...groups, { ...emptyDraft('list'), name, audienceKind: 'segments' }])
    onChoose(groups.length)
  }
  return (
    <div className="w-group-card w-group-add">
      <Button type="link" icon={<PlusOutlined />} disabled={why !== undefined} onClick={add}>
        {t('massGroups.add')}
      </Button>
      <div className="w-faint w-small">{why ?? t('massGroups.hint')}</div>
    </div>
  )
}
