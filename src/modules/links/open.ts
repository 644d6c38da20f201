import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../context.ts'
import { ingestOccurrences } from '../ingest/index.ts'
import { EVENTS } from '../ingest/schema.ts'
import { listTrackedOrigins } from '../sources/index.ts'
import { decodeLink } from './code.ts'
import { destinationOf, isTap, tapKey } from './rules.ts'
import { findTarget, type Target } from './store.ts'
import { noteUncounted } from './uncounted.ts'

/** Real time that somebody who tapped waits for their tap to be stored; it is stored all the same. */
const WAIT_MS = 500

/** Leads whoever opens a tracked link on to the stored address and nowhere else; a tap is stored first. */
export async function openLink(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { code } = request.params as { code: string }
  const key = decodeLink(ctx.secrets, code)
  const target = key && (await targetOf(ctx, code, () => findTarget(ctx.db, key)))
  void reply.header('cache-control', 'no-store').header('x-robots-tag', 'noindex, nofollow')
  if (target === undefined || target.kind !== 'web') return sendGone(reply)
  if (isTap(request)) await Promise.race([count(ctx, target), delay(WAIT_MS, undefined, { ref: false })])
  else noteUncounted(ctx, target)
  const origins = await originsOf(ctx, target.accountId)
  return reply.redirect(destinationOf(target.url, code, origins), 302)
}

const sendGone = (reply: FastifyReply) =>
  reply.status(404).type('text/plain; charset=utf-8').send('链接已失效 · This link is no longer valid')

/** Somebody who tapped is led on whether or not we could take note of it. */
async function count(ctx: Ctx, target: Target): Promise<void> {
  if (target.openid === null) return
  const at = ctx.clock.now()
  const { sendId, deliveryId, version, index } = target
  await ingestOccurrences(ctx, target.accountId, [
    {
      name: EVENTS.linkClick,
      at,
      properties: { send: sendId, delivery: deliveryId, version, link: index, url: target.url },
      person: { openid: target.openid, effect: 'mention' },
      key: tapKey(target, at),
    },
  ]).catch((error: Error) => ctx.log.warn({ err: error.message }, 'a tap on a link was not stored'))
}

const MOST_KEPT = 10_000
/** Real time for which an answer is used again. */
const KEPT_MS = 60_000
type Kept<T> = { value: Promise<T>; until: number }
type Cache = {
  targets: Map<string, Kept<Target | undefined>>
  origins: Map<string, Kept<ReadonlySet<string>>>
}
const caches = new WeakMap<Ctx['pool'], Cache>()

function cacheOf(ctx: Ctx): Cache {
  const existing = caches.get(ctx.pool)
  if (existing !== undefined) return existing
  const cache: Cache = { targets: new Map(), origins: new Map() }
  caches.set(ctx.pool, cache)
  return cache
}

const targetOf = (ctx: Ctx, code: string, load: () => Promise<Target | undefined>) =>
  kept(cacheOf(ctx).targets, code, load)
const originsOf = (ctx: Ctx, accountId: string) =>
  kept(cacheOf(ctx).origins, accountId, () => listTrackedOrigins(ctx.db, accountId))

/** The oldest makes room; what failed or was not there is asked again. */
function kept<T>(known: Map<string, Kept<T>>, key: string, load: () => Promise<T>): Promise<T> {
  const found = known.get(key)
  if (found !== undefined && found.until > performance.now()) return found.value
  const fresh = { value: load(), until: performance.now() + KEPT_MS }
  known.delete(key)
  known.set(key, fresh)
  const oldest = known.keys().next().value
  if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest)
  const forget = () => {
    if (known.get(key) === fresh) known.delete(key)
  }
  fresh.value.then((value) => value ?? forget(), forget)
  return fresh.value
}
