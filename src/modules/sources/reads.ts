import type { Ctx } from '../../context.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Page } from '../../kernel/paging.ts'
import { canSeePersons, scopeOf } from '../contacts/index.ts'
import type { Rejection, Source } from './schema.ts'
import * as store from './store.ts'

export const listSources = (ctx: Ctx): Promise<Source[]> =>
  store.selectSources(ctx.db, { scope: scopeOf(ctx), now: ctx.clock.now() })

/** Throws where there is none that the caller may see. */
export async function getSource(ctx: Ctx, id: string): Promise<Source> {
  const [found] = await store.selectSources(ctx.db, { scope: scopeOf(ctx), now: ctx.clock.now(), id })
  if (found === undefined) throw notFound('source')
  return found
}

/** What a source sent and could not be taken, newest first. */
export async function listRejections(
  ctx: Ctx,
  query: { sourceId: string; reason?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<Page<Rejection>> {
  await getSource(ctx, query.sourceId)
  const page = await store.selectRejections(ctx.db, query)
  if (canSeePersons(ctx.actor)) return page
  return { ...page, items: page.items.map((item) => ({ ...item, payload: null })) }
}
