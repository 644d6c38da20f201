import { sql } from 'kysely'
import type { Pool } from 'pg'
import type { Ctx } from '../../../context.ts'
import { cancelOnAbort } from '../../../infra/postgres/cancel.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import {
  everybodyAt,
  type Frame,
  fansOf,
  type Keys,
  type PeopleSet,
  peopleSet,
  readCatalogue,
} from '../compiler/index.ts'
import { type Condition, conditionsOf, type Rule } from '../schema/rule.ts'
import { type Bits, bitsOf } from './bits.ts'
import { type Answer, LeafCache } from './leaf-cache.ts'
import { type Asked, forAudience, instantOf } from './people.ts'

const caches = new WeakMap<Pool, LeafCache>()
/** Of this process; what another process has asked is asked again. */
export const leafCacheOf = (ctx: Ctx): LeafCache => {
  const cache = caches.get(ctx.pool) ?? new LeafCache()
  caches.set(ctx.pool, cache)
  return cache
}

export type Answers = {
  at: Date
  everyone: Bits
  of(condition: Condition): Answer
}

/** Why a caller went away; the query is cancelled, and nobody is told. */
export class Superseded extends Error {
  constructor() {
    super('nobody waits for this answer any more')
    this.name = 'Superseded'
  }
}

/**
 * Answers every condition of a rule, all in one snapshot of the database, and everyone it is asked about. What was
 * answered for the same instant a moment ago comes from memory. When `signal` aborts, the running query is cancelled.
 */
export async function answerAll(ctx: Ctx, asked: Asked, signal?: AbortSignal): Promise<Answers> {
  const { at, when } = instantOf(ctx, asked.at)
  const frame = everybodyAt(at, when)
  const cache = leafCacheOf(ctx)
  const found = new Map<string, Answer>()
  const missing = new Map<string, Condition | null>()
  const look = (name: string, condition: Condition | null) => {
    const answer = cache.find(keyOf(name, at))
    if (answer === undefined) missing.set(name, condition)
    else found.set(name, answer)
  }
  const names = namesOf(asked.rule)
  const everyoneName = `everyone:${asked.accountId ?? ''}:${asked.scope?.join(',') ?? '*'}`
  look(everyoneName, null)
  for (const [name, condition] of names) look(name, condition)
  if (missing.size > 0) {
    await inTransaction(
      ctx.db,
      async (trx) => {
        await forAudience(trx)
        if (signal?.aborted) throw new Superseded()
        const stop = await cancelOnAbort(ctx, trx, signal)
        try {
          const catalogue = await readCatalogue(trx, asked.rule, at)
          for (const [name, condition] of missing) {
            if (signal?.aborted) throw new Superseded()
            const set = condition === null ? everyoneOf(asked, frame) : peopleSet(condition, frame, catalogue)
            const answer = { bits: await bitsOfKeys(trx, set.keys), negated: set.negated }
            found.set(name, answer)
            cache.keep(keyOf(name, at), answer)
          }
        } catch (error) {
          if (signal?.aborted) throw new Superseded()
          throw error
        } finally {
          await stop()
        }
      },
      { isolation: 'repeatable read' },
    )
  }
  return {
    at,
    everyone: (found.get(everyoneName) as Answer).bits,
    of: (condition) => found.get(JSON.stringify(condition)) as Answer,
  }
}

const keyOf = (name: string, at: Date): string => `${at.getTime()}:${name}`

const namesOf = (rule: Rule): Map<string, Condition> =>
  new Map([...conditionsOf(rule)].map((condition) => [JSON.stringify(condition), condition]))

function everyoneOf({ accountId, scope }: Asked, frame: Frame): PeopleSet {
  const accounts = accountId ? [accountId] : (scope ?? null)
  return accounts === null ? { keys: frame.everyone, negated: false, unique: true } : fansOf(accounts, frame)
}

/** 32 people a row: the database gathers, so that a million of them are some thousand rows. */
async function bitsOfKeys(db: Executor, keys: Keys): Promise<Bits> {
  const { rows } = await sql<{ w: string; b: number }>`
    select x.k >> 5 as w, bit_or(1 << (x.k & 31)::int) as b from (${keys}) x group by 1`.execute(db)
  return bitsOf(rows.map(({ w, b }) => [Number(w), b] as const))
}
