import { setImmediate as turn } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { RE2Set } from 're2js'
import type { PassiveReply } from '../../channels/wechat-api/passive-reply.ts'
import type { Ctx } from '../../context.ts'
import { keyOfMaterial } from '../contents/index.ts'
import { passiveOf } from './passive.ts'
import type { ResolvedAnswer } from './resolve.ts'
import { createMatcher } from './rules/keywords.ts'
import { byPriority, type RankedRule, type RuleBook } from './rules/precedence.ts'
import { type LiveRow, readLive, readRevisions, readTargets } from './store/live.ts'
import { REPLIES_TOPIC } from './store/rules.ts'

/** Real time between two looks at what has changed; a change is announced at once, this bounds a lost announcement. */
const LOOK_EVERY_MS = 1_000
/** Asked once before anybody is answered by new patterns, so that no push pays for building their automata. */
const PROBES = ['你好', 'hello 123', '我想问一下订单 20261121 什么时候发货？谢谢 😀']

export type LiveRule = RankedRule & {
  version: number
  everyMs: number | null
  answer: ResolvedAnswer
  /** Of each reply as the answer to the push itself; null where it can't be. */
  passive: readonly (PassiveReply | null)[]
  choices: readonly { weight: number; gone: boolean }[]
}
export type Compiled = RuleBook<LiveRule> & { revision: string }

type Shelf = {
  accounts: Map<string, Compiled>
  ready: Promise<void> | undefined
  running: Promise<void> | undefined
  next: Promise<void> | undefined
}
const shelves = new WeakMap<Pool, Shelf>()

/** The rules of an account as this process answers by them; undefined where it has none. */
export const compiledFor = (ctx: Ctx, accountId: string): Compiled | undefined =>
  shelves.get(ctx.pool)?.accounts.get(accountId)

/** Rules of an account whose patterns this process had no time to ask, and how often. */
export const slowRules = (ctx: Ctx, accountId: string): ReadonlyMap<string, number> =>
  compiledFor(ctx, accountId)?.matcher.slow ?? new Map()

/** Whether this process has answered a push, or is about to. */
export const answersHere = (ctx: Ctx): boolean => shelves.get(ctx.pool)?.ready !== undefined

/** Resolves when the rules of all accounts are in memory; from then on they are kept as they are in the database. */
export function ready(ctx: Ctx): Promise<void> {
  const shelf = shelfOf(ctx)
  shelf.ready ??= begin(ctx).catch((error: Error) => {
    shelf.ready = undefined
    throw error
  })
  return shelf.ready
}

async function begin(ctx: Ctx): Promise<void> {
  await refresh(ctx)
  const shelf = shelfOf(ctx)
  const look = () => void refresh(ctx).catch((err: Error) => ctx.log.warn({ err }, 'rules could not be read'))
  const off = ctx.wake.on(REPLIES_TOPIC, look)
  const timer = setInterval(() => {
    if (!ctx.ingestPool.ending) return look()
    clearInterval(timer)
    off()
    shelf.accounts.clear()
  }, LOOK_EVERY_MS)
  timer.unref()
}

/** Resolves when everything that was committed before the call is what this process answers by. */
export function refresh(ctx: Ctx): Promise<void> {
  const shelf = shelfOf(ctx)
  if (shelf.running === undefined) {
    shelf.running = readChanged(ctx, shelf).finally(() => {
      shelf.running = undefined
    })
    return shelf.running
  }
  // what runs now may have looked already
  shelf.next ??= shelf.running
    .catch(() => undefined)
    .then(() => {
      shelf.next = undefined
      return refresh(ctx)
    })
  return shelf.next
}

function shelfOf({ pool }: Ctx): Shelf {
  const shelf = shelves.get(pool) ?? {
    accounts: new Map(),
    ready: undefined,
    running: undefined,
    next: undefined,
  }
  shelves.set(pool, shelf)
  return shelf
}

async function readChanged(ctx: Ctx, { accounts }: Shelf): Promise<void> {
  const revisions = await readRevisions(ctx.ingestPool)
  for (const id of accounts.keys()) if (!revisions.has(id)) accounts.delete(id)
  const changed = [...revisions].filter(([id, revision]) => accounts.get(id)?.revision !== revision)
  if (changed.length === 0) return
  const { rules, names, gone } = await readLive(
    ctx.ingestPool,
    changed.map(([id]) => id),
  )
  const rulesOf = Map.groupBy(rules, ({ accountId }) => accountId)
  for (const [id, revision] of changed) {
    const before = accounts.get(id)
    const compiled = compile({
      rows: rulesOf.get(id) ?? [],
      targets: await targetsOf(ctx, id),
      accountName: names.get(id) ?? '',
      gone: gone.get(id) ?? new Set(),
      revision,
      kept: before?.matcher.kept,
    })
    await warm(compiled, before?.matcher.kept)
    accounts.set(id, compiled)
  }
}

/** Rules by the codes and buttons they answer. */
type Targets = Record<'scan' | 'menu', ReadonlyMap<string, string>>

async function targetsOf({ ingestPool }: Ctx, accountId: string): Promise<Targets> {
  const targets = { scan: new Map<string, string>(), menu: new Map<string, string>() }
  for await (const rows of readTargets(ingestPool, accountId))
    for (const { kind, target, ruleId } of rows) targets[kind].set(target, ruleId)
  return targets
}

export function compile({
  rows,
  targets,
  accountName,
  gone,
  revision,
  kept,
}: {
  rows: readonly LiveRow[]
  targets: Targets
  accountName: string
  /** Of what their replies name, what is there no more. */
  gone: ReadonlySet<string>
  revision: string
  kept?: ReadonlyMap<string, RE2Set> | undefined
}): Compiled {
  const rules = rows.map(
    ({ id, kind, priority, keywords, hours, everyMs, version, answer, materials }): LiveRule => ({
      id,
      kind,
      priority,
      keywords,
      hours,
      version,
      answer,
      everyMs: everyMs === null ? null : Number(everyMs),
      followToo: answer.followToo === true,
      passive: answer.replies.map((reply) => passiveOf(reply, accountName)),
      choices: answer.replies.map(({ weight }, reply) => ({
        weight,
        gone: (materials[reply] ?? []).some((one) => gone.has(keyOfMaterial(one))),
      })),
    }),
  )
  const known = new Map(rules.map((rule) => [rule.id, rule]))
  const of = (kind: LiveRule['kind']) => rules.filter((rule) => rule.kind === kind)
  const aimed = (at: ReadonlyMap<string, string>) => ({
    get: (target: string) => known.get(at.get(target) ?? ''),
  })
  return {
    revision,
    matcher: createMatcher(of('keyword'), kept),
    follow: of('follow').sort(byPriority),
    default: of('default').sort(byPriority),
    scan: aimed(targets.scan),
    menu: aimed(targets.menu),
  }
}

/** New sets are asked for the first time here, each in a turn of its own. */
async function warm({ matcher }: Compiled, kept: ReadonlyMap<string, RE2Set> | undefined): Promise<void> {
  const old = new Set(kept?.values())
  for (const { set } of matcher.sets) {
    if (old.has(set)) continue
    for (const probe of PROBES) set.match(probe)
    await turn()
  }
}
