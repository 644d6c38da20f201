import type { Ctx } from '../../../context.ts'
import { getSegmentRow } from '../present.ts'
import { nameOfPart } from '../rules.ts'
import type { Segment } from '../schema/segment.ts'
import { copyStatic } from './combine.ts'
import { createSegment } from './save.ts'

/** A new segment of the same rule, or of the same members where it is static. */
export async function copySegment(ctx: Ctx, segmentId: string, name?: string): Promise<Segment> {
  const source = await getSegmentRow(ctx, segmentId)
  const called = name ?? nameOfPart(source.name, 2)
  if (source.rule === null || source.update_kind === 'static') return copyStatic(ctx, source, called)
  return createSegment(ctx, {
    name: called,
    description: source.description,
    updateKind: source.update_kind,
    rule: source.rule,
    dailyMinute: source.daily_minute ?? 0,
    listed: source.listed,
    failurePolicy: source.failure_policy,
    accountId: source.account_id ?? undefined,
  })
}
