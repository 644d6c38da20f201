import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import type { Preflight, PreflightGroup } from '../schema.ts'
import { ArmsReport } from './detail/experiment/ArmsReport.tsx'
import { useReason } from './reasons.ts'

/** The groups as a picture: whom each has, whom an earlier one took from it, and when it goes. */
export function GroupsReport({ groups }: Pick<Preflight, 'groups'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const [first] = groups
  const isPlain = groups.length === 1 && first?.arms.every(({ sendAt }) => sendAt === null)
  if (isPlain) return null
  const most = Math.max(1, ...groups.map(({ total }) => total))
  const width = (people: number) => `${(people / most) * 100}%`
  return (
    <div className="w-stack" style={{ gap: 14 }}>
      {groups.map((group) => {
        const { reached, missed } = countsOf(group)
        return (
          <div key={group.place}>
            <div className="w-row" style={{ justifyContent: 'space-between' }}>
              <b>
                {group.place + 1}. {group.name}
              </b>
              {group.arms.length === 1 && (
                <span className="w-soft">{timesOf(group, format.instant) || t('massGroups.atOnce')}</span>
              )}
            </div>
            <div className="w-group-bar" aria-hidden>
              <span className="w-group-reached" style={{ width: width(reached) }} />
              <span className="w-group-missed" style={{ width: width(missed) }} />
              <span className="w-group-filtered" style={{ width: width(group.filtered) }} />
            </div>
            <div className="w-soft w-small">
              {t('massGroups.total')} {format.number(group.total)} · {t('massGroups.reached')}{' '}
              {format.number(reached)} · {t('massGroups.notReached')} {format.number(missed)}
              {group.filtered > 0 &&
                ` · ${t('massGroups.filtered', { number: format.number(group.filtered) })}`}
              <Reasons group={group} />
            </div>
            <ArmsReport group={group} />
          </div>
        )
      })}
    </div>
  )
}

function Reasons({ group }: { group: PreflightGroup }) {
  const format = useFormat()
  const explain = useReason()
  const counts = new Map<string, number>()
  for (const { reason, count } of group.arms.flatMap(({ notReached }) => notReached))
    counts.set(reason, (counts.get(reason) ?? 0) + count)
  return [...counts].map(([reason, count]) => ` · ${explain(reason).text} ${format.number(count)}`).join('')
}

const countsOf = ({ arms }: PreflightGroup) => ({
  reached: arms.reduce((sum, arm) => sum + arm.reached, 0),
  missed: arms.flatMap(({ notReached }) => notReached).reduce((sum, { count }) => sum + count, 0),
})

const timesOf = ({ arms }: PreflightGroup, say: (at: string) => string): string =>
  arms.flatMap(({ sendAt }) => (sendAt === null ? [] : [say(sendAt)])).join(' · ')
