import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { StateTag, type Tone } from '../../../console/ui/StateTag.tsx'
import { useWechatTags } from '../../../console/wechat-tags.ts'
import { getFanListEndpoint } from '../../contacts/schema.ts'
import type { DeliveryState } from '../../deliveries/schema.ts'
import { listSegmentsEndpoint } from '../../segments/schema.ts'
import type { Arm, GroupAudience, Label } from '../schema.ts'

const LABEL_TONES: Record<Label, Tone> = {
  draft: 'idle',
  selecting: 'busy',
  preparing: 'busy',
  queued: 'busy',
  sending: 'busy',
  asking: 'warn',
  paused: 'warn',
  sent: 'good',
  partly_failed: 'warn',
  failed: 'bad',
  cancelled: 'idle',
  unresolved: 'odd',
}

export const isMoving = (label: Label): boolean => LABEL_TONES[label] === 'busy'

export function LabelTag({ label }: { label: Label }) {
  const { t } = useTranslation()
  return (
    <StateTag
      tone={LABEL_TONES[label]}
      pulse={isMoving(label)}
      hint={label === 'unresolved' ? t('broadcasts.unresolvedHint') : undefined}
    >
      {t(`broadcasts.label.${label}`)}
    </StateTag>
  )
}

type Named = { name: string; arms: readonly { number: number; kind: ArmKind }[] }
type ArmKind = Arm['kind']

/** What a record is called in its send: the group; of a test, its variant or the rest of it as well. */
export function armName(t: TFunction, group: Named, arm: { number: number; kind: ArmKind }): string {
  if (arm.kind === 'whole') return group.name
  if (arm.kind === 'rest') return t('massGroups.restOf', { name: group.name })
  const place = group.arms
    .filter(({ kind }) => kind === 'variant')
    .findIndex((one) => one.number === arm.number)
  return t('massGroups.variantOf', { name: group.name, letter: String.fromCharCode(65 + place) })
}

/** The same by the number that batches and people carry. */
export function partName(t: TFunction, { groups }: { groups: readonly Named[] }, number: number): string {
  for (const group of groups)
    for (const arm of group.arms) if (arm.number === number) return armName(t, group, arm)
  return ''
}

const DELIVERY_TONES: Record<DeliveryState, Tone> = {
  planned: 'idle',
  held: 'warn',
  skipped: 'idle',
  sending: 'busy',
  accepted: 'busy',
  delivered: 'good',
  failed: 'bad',
  unknown: 'odd',
}

export function DeliveryTag({ state }: { state: DeliveryState }) {
  const { t } = useTranslation()
  return <StateTag tone={DELIVERY_TONES[state]}>{t(`broadcasts.delivery.${state}`)}</StateTag>
}

/** Whom a send is for, in words; a list by its name as soon as that is read. */
export function useAudienceText(audience: GroupAudience | undefined): string {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { nameOf } = useWechatTags()
  const listId = audience?.kind === 'list' ? audience.listId : undefined
  const list = useEndpoint(
    getFanListEndpoint,
    { params: { accountId, listId: listId ?? '' } },
    { enabled: listId !== undefined, staleMs: 60_000 },
  )
  const segmentNames = useSegmentNames(audience?.kind === 'segments')
  switch (audience?.kind) {
    case undefined:
      return ''
    case 'all':
      return t('audience.all')
    case 'remaining':
      return t('audience.remaining')
    case 'tag':
      return t('audience.tagNamed', { name: nameOf(audience.tagId) })
    case 'fans':
      return t('audience.fansCounted', { count: audience.fanIds.length })
    case 'list':
      return list.data
        ? t('audience.listNamed', { name: list.data.name })
        : t('audience.listNumbered', { id: audience.listId })
    case 'segments': {
      const names = (ids: readonly string[], tags: readonly number[] = []) =>
        [
          ids.length > 0 &&
            t('audience.segmentsNamed', { names: ids.map(segmentNames).join(t('audience.comma')) }),
          ...tags.map((tagId) => t('audience.tagNamed', { name: nameOf(tagId) })),
        ]
          .filter(Boolean)
          .join(t('audience.comma'))
      const included = names(audience.include, audience.tags) || t('massGroups.noPeople')
      const excluded = names(audience.exclude, audience.excludeTags)
      return excluded === '' ? included : t('audience.segmentsWithout', { included, names: excluded })
    }
    case 'rule':
      return t('audience.ownRule')
  }
}

/** What a segment is called, as far as the newest of them tell. */
function useSegmentNames(wanted: boolean): (id: string) => string {
  const accountId = useAccountId()
  const list = useEndpoint(
    listSegmentsEndpoint,
    { query: { accountId, limit: 200 } },
    { enabled: wanted, staleMs: 60_000 },
  )
  return (id) => {
    const found = list.data?.items.find((segment) => segment.id === id)
    return found === undefined ? `#${id}` : `“${found.name}”`
  }
}
