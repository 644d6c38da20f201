import { Tooltip } from 'antd'
import type { TFunction } from 'i18next'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { countFansEndpoint } from '../../../contacts/schema.ts'
import type { Preflight, PreflightGroup } from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { type Part, type PictureRow, pictureOf } from './picture.ts'
import './picture.css'

/** One for each group, told apart on light and on dark. */
const HUES = [
  '#5468e0',
  '#1f9d6b',
  '#b0742a',
  '#8a5fd0',
  '#2a8fb5',
  '#c2557f',
  '#6f8f2f',
  '#c4603c',
  '#4f7f9f',
  '#9a7b3f',
]
const hueOf = (place: number | null): string => (place === null ? '' : (HUES[place % HUES.length] as string))

/** The account's followers as a bar, and each group as one: who gets what, who was in an earlier group, who gets nothing. */
export function GroupsPicture({ groups }: Pick<Preflight, 'groups'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const mayCount = useCan('contacts:read')
  const fans = useEndpoint(
    countFansEndpoint,
    { params: { accountId }, query: {} },
    { enabled: mayCount, staleMs: 60_000 },
  )
  if (groups.length === 0) return null
  const { size, whole, rows } = pictureOf(groups, fans.data?.following)
  const most = Math.max(1, size, ...rows.map(({ total }) => total))
  const say = (part: Part) => `${nameOf(part)} ${format.number(part.count)}`
  const nameOf = (part: Part) => {
    const group = groups.find(({ place }) => place === part.place)
    if (group === undefined) return t('massGroups.part.nobody')
    const own = armLabel(t, group, part)
    return groups.length > 1 ? `${group.place + 1}. ${group.name} · ${own}` : own
  }
  return (
    <div className="w-cast-pic">
      <div className="w-cast-pic-head">
        <b>{t('massGroups.picture')}</b>
        <span className="w-soft w-small">{t('massGroups.followers', { number: format.number(size) })}</span>
      </div>
      <Bar parts={whole} of={size} say={say} tall />
      {rows.map((row) => {
        const group = groups.find(({ place }) => place === row.place)
        return group && <GroupRow key={row.place} group={group} row={row} most={most} />
      })}
      {whole
        .filter(({ kind }) => kind === 'nobody')
        .map(({ count }) => (
          <div key="nobody" className="w-faint w-small">
            {t('massGroups.inNone', { number: format.number(count) })}
          </div>
        ))}
    </div>
  )
}

function GroupRow({ group, row, most }: { group: PreflightGroup; row: PictureRow; most: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const missed = group.arms
    .flatMap(({ notReached }) => notReached)
    .filter(({ reason }) => reason !== 'held_out')
    .map(({ reason, count }) => `${explain(reason).text} ${format.number(count)}`)
  const say = (part: Part) => `${armLabel(t, group, part)} ${format.number(part.count)}`
  return (
    <div className="w-cast-pic-row">
      <div className="w-cast-pic-head">
        <b>
          {group.place + 1}. {group.name}
        </b>
        <span className="w-soft w-small">{timesOf(group, format.instant) || t('massGroups.atOnce')}</span>
      </div>
      <Bar parts={row.parts} of={most} say={say} />
      <div className="w-cast-pic-legend">
        <span>
          {t('massGroups.total')} {format.number(row.total)}
        </span>
        {row.parts.map((part) => (
          <Tooltip
            key={`${part.kind}:${part.arm}`}
            title={part.kind === 'missed' ? missed.join(' · ') : undefined}
          >
            <span>
              <i className={`w-part w-part-${part.kind}`} style={styleOf(part, row)} />
              {say(part)}
            </span>
          </Tooltip>
        ))}
      </div>
      {row.leftAfter.length > 0 && (
        <div className="w-cast-pic-legend">
          <span>{t('massGroups.leftAfter')}</span>
          {row.leftAfter.map(({ left, fans }) => (
            <span key={left}>{t('massGroups.leftOne', { left, fans: format.number(fans) })}</span>
          ))}
        </div>
      )}
    </div>
  )
}

function Bar({
  parts,
  of,
  say,
  tall = false,
}: {
  parts: readonly Part[]
  of: number
  say: (part: Part) => string
  tall?: boolean
}) {
  return (
    <div
      className={`w-cast-pic-bar${tall ? ' w-cast-pic-tall' : ''}`}
      role="img"
      aria-label={parts.map(say).join(', ')}
    >
      {parts.map((part) => (
        <Tooltip key={`${part.kind}:${part.place}:${part.arm}`} title={say(part)}>
          <span
            className={`w-part w-part-${part.kind}`}
            style={{ ...styleOf(part, { parts }), width: `${(part.count / Math.max(1, of)) * 100}%` }}
          />
        </Tooltip>
      ))}
    </div>
  )
}

/** A test's parts are shades of the group's own colour. */
function styleOf(part: Part, { parts }: { parts: readonly Part[] }): CSSProperties {
  const arms = parts.filter(({ kind, place }) => kind === 'reached' && place === part.place)
  const shade = part.kind === 'reached' ? arms.findIndex(({ arm }) => arm === part.arm) : 0
  return {
    '--w-hue': hueOf(part.place),
    '--w-shade': `${100 - (arms.length > 1 ? (shade * 65) / (arms.length - 1) : 0)}%`,
  } as CSSProperties
}

function armLabel(t: TFunction, { arms }: PreflightGroup, { kind, arm }: Part): string {
  const own = arms.find(({ number }) => number === arm)
  if (kind !== 'reached' || own === undefined || own.kind === 'whole') return t(`massGroups.part.${kind}`)
  return own.kind === 'rest'
    ? t('massGroups.part.rest')
    : t('massGroups.part.variant', { letter: own.label ?? '' })
}

const timesOf = ({ arms }: PreflightGroup, say: (at: string) => string): string =>
  [...new Set(arms.flatMap(({ sendAt }) => (sendAt === null ? [] : [say(sendAt)])))].join(' · ')
