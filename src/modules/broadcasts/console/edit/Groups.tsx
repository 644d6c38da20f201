import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { groupProblem } from '../../rules/groups.ts'
import { audienceOf, type Draft } from './draft.ts'

/** The groups of the send in order, to see one of them. */
export function GroupTabs({
  groups,
  chosen,
  onChoose,
}: {
  groups: readonly Pick<Draft, 'key' | 'name'>[]
  chosen: number
  onChoose: (place: number) => void
}) {
  const { t } = useTranslation()
  if (groups.length === 1) return null
  return (
    <div className="w-row w-group-tabs" role="tablist" aria-label={t('massGroups.groups')}>
      {groups.map((group, place) => (
        <Button
          key={group.key}
          role="tab"
          size="small"
          aria-selected={place === chosen}
          type={place === chosen ? 'primary' : 'default'}
          onClick={() => onChoose(place)}
        >
          {place + 1}. {group.name.trim() === '' ? t('massGroups.unnamed') : group.name}
        </Button>
      ))}
    </div>
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
