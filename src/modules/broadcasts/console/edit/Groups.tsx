import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, Button, Popconfirm, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAccount } from '../../../../console/session.ts'
import { groupProblem } from '../../rules/groups.ts'
import { pathsFor } from '../../rules.ts'
import { MAX_GROUPS } from '../../schema.ts'
import { audienceOf, type Draft, emptyDraft, isGroupReady } from './draft.ts'

type Props = { groups: Draft[]; chosen: number; onChoose: (place: number) => void }

/** The groups of the send in order, to choose the one below; what is wrong with one is marked. */
export function GroupTabs({
  groups,
  chosen,
  onChoose,
  isReady = isGroupReady,
}: Props & { isReady?: (draft: Draft) => boolean }) {
  const { t } = useTranslation()
  if (groups.length === 1) return null
  return (
    <div className="w-row w-group-tabs" role="tablist" aria-label={t('massGroups.groups')}>
      {groups.map((group, place) => (
        <Button
          key={group.key}
          role="tab"
          aria-selected={place === chosen}
          type={place === chosen ? 'primary' : 'default'}
          danger={!isReady(group)}
          onClick={() => onChoose(place)}
        >
          {place + 1}. {group.name.trim() === '' ? t('massGroups.unnamed') : group.name}
        </Button>
      ))}
    </div>
  )
}

/** Adds, orders and removes comparison groups 对比组; the first, which names the send, stays the first. */
export function GroupsPanel({
  groups,
  chosen,
  onChoose,
  onChange,
}: Props & { onChange: (groups: Draft[]) => void }) {
  const { t } = useTranslation()
  const account = useAccount()
  const exact = account !== undefined && pathsFor(account, { kind: 'segments', include: ['0'], exclude: [] })
  const last = groups.at(-1)
  const full = groups.length >= MAX_GROUPS
  const why =
    !exact || exact.length === 0
      ? t('massGroups.needsList')
      : groups.some(({ path }) => path !== 'list')
        ? t('massGroups.needsListPath')
        : last?.audienceKind === 'all' || last?.audienceKind === 'remaining'
          ? t('massGroups.nobodyLeft')
          : full
            ? t('massGroups.most', { count: MAX_GROUPS })
            : undefined
  const add = () => {
    const name = t('massGroups.numbered', { number: groups.length })
    onChange([...groups, { ...emptyDraft('list'), name, audienceKind: 'segments' }])
    onChoose(groups.length)
  }
  const move = (by: 1 | -1) => {
    const ordered = [...groups]
    const [moved] = ordered.splice(chosen, 1)
    if (moved !== undefined) ordered.splice(chosen + by, 0, moved)
    onChange(ordered)
    onChoose(chosen + by)
  }
  const remove = () => {
    onChange(groups.filter((_, place) => place !== chosen))
    onChoose(Math.max(0, chosen - 1))
  }
  const problem = problemOf(groups)
  return (
    <section className="w-panel">
      <h2>{t('massGroups.groups')}</h2>
      <p className="w-soft" style={{ marginTop: 0 }}>
        {t('massGroups.hint')}
      </p>
      <GroupTabs groups={groups} chosen={chosen} onChoose={onChoose} />
      <div className="w-row" style={{ marginTop: groups.length > 1 ? 12 : 0 }}>
        <Tooltip title={why}>
          <Button icon={<PlusOutlined />} disabled={why !== undefined} onClick={add}>
            {t('massGroups.add')}
          </Button>
        </Tooltip>
        {groups.length > 1 && (
          <>
            <Button icon={<ArrowUpOutlined />} disabled={chosen <= 1} onClick={() => move(-1)}>
              {t('massGroups.earlier')}
            </Button>
            <Button
              icon={<ArrowDownOutlined />}
              disabled={chosen === 0 || chosen === groups.length - 1}
              onClick={() => move(1)}
            >
              {t('massGroups.later')}
            </Button>
            <Popconfirm
              title={t('massGroups.removeTitle')}
              okText={t('massGroups.remove')}
              onConfirm={remove}
            >
              <Button danger icon={<DeleteOutlined />} disabled={chosen === 0}>
                {t('massGroups.remove')}
              </Button>
            </Popconfirm>
          </>
        )}
        {why !== undefined && <span className="w-faint w-small">{why}</span>}
      </div>
      {problem !== undefined && (
        <Alert type="error" showIcon style={{ marginTop: 12 }} title={t(`errors.${problem}`)} />
      )}
    </section>
  )
}

/** Why these groups can't be sent together, as the server would say it. */
export function problemOf(groups: readonly Draft[]): string | undefined {
  const named = groups.map((draft) => ({
    audience: audienceOf(draft) ?? { kind: 'list' as const, listId: '0' },
    path: draft.path,
  }))
  return groupProblem(named)?.reason
}
