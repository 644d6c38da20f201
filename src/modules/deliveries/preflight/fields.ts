import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { codeOf, tie, tieMiniProgram } from '../../links/index.ts'
import { needsOf, readValues, render } from '../../messages/index.ts'
import type { ResolvedContent, Tie, Values } from '../../messages/schema.ts'
import type { FieldVerdict } from '../rules/index.ts'

/** `context`: what the event that fires says, where that is known. */
type Person = { contact_id: string; fan_id: string | null; context?: Record<string, unknown> | null }

/** As long as any that will be made: addresses count in the length of a text. */
const SOME_DELIVERY = '999999999999'

/** Renders as the engine will, for people who have no delivery yet. */
export function fieldCheck(
  ctx: Ctx,
  db: Executor,
  { content, tracked, accountId }: { content: ResolvedContent; tracked: boolean; accountId: string },
) {
  const needs = needsOf(content)
  const tied = tracked ? tieOf(ctx) : undefined
  const verdictOf = (values: Values): FieldVerdict => {
    const rendered = render(content, values, tied)
    return rendered.ok
      ? { ok: true }
      : {
          ok: false,
          reason: rendered.reason,
          detail: { field: rendered.detail.field, rule: rendered.detail.rule },
        }
  }
  return {
    /** What everybody gets, where nothing in it depends on who it is. */
    async forAll(): Promise<FieldVerdict> {
      const read = await readValues(
        db,
        needs,
        [{ n: 0, contactId: '0', fanId: '0', context: null }],
        accountId,
      )
      return verdictOf(read.get(0) ?? {})
    },
    async forEach(people: readonly Person[]): Promise<FieldVerdict[]> {
      const asked = people.map(({ contact_id: contactId, fan_id: fanId, context = null }, n) => ({
        n,
        contactId,
        fanId: fanId ?? '0',
        context,
      }))
      const read = await readValues(db, needs, asked, accountId)
      return people.map((_, n) => verdictOf(read.get(n) ?? {}))
    },
  }
}

function tieOf(ctx: Ctx): Tie {
  const web = tie(ctx, { deliveryId: SOME_DELIVERY })
  return (url, index, kind) =>
    kind === 'web' ? web(url, index) : tieMiniProgram(url, codeOf(ctx, SOME_DELIVERY, index))
}
