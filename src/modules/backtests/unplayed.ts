import { type BacktestVariant, UNPLAYED } from './schema.ts'

type Told = (typeof UNPLAYED)[number]

/** What a result can’t tell of, in the order of {@link UNPLAYED}. */
export function unplayedIn({
  variants,
  subjectId,
  backfilled,
}: {
  variants: readonly BacktestVariant[]
  subjectId: string | null
  /** Acts of before anybody told us were played. */
  backfilled: boolean
}): Told[] {
  const told = new Set<Told>(['rates', 'behaviour', 'blocks'])
  if (backfilled) told.add('backfilled')
  for (const variant of variants) {
    if (variant.kind === 'recall') continue
    const { plan, campaignKind } = variant
    if (campaignKind !== 'customer-service') told.add('fields')
    if (campaignKind === 'subscription') told.add('grants')
    if (plan.limits.holdout > 0 && subjectId === null) told.add('holdout')
    if (isStored(plan)) told.add('crowds')
  }
  return UNPLAYED.filter((one) => told.has(one))
}

type Plan = Extract<BacktestVariant, { kind: 'campaign' }>['plan']

/** Asked by their rules at each instant, where the campaign asks the crowd as it was computed last. */
function isStored({ audience, trigger }: Plan): boolean {
  if (audience.kind !== 'segments' && audience.kind !== 'rule') return false
  return trigger.kind === 'repeat' || (trigger.kind !== 'once' && trigger.check === 'stored')
}
