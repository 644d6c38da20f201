import type { Pool } from 'pg'
import type { Ctx } from '../../context.ts'
import { onClient } from '../../infra/transaction.ts'
import type { Answerer, Push, PushAnswer } from '../manifest.ts'
import { choose } from './choose.ts'
import { compiledFor, type LiveRule, ready } from './compiled.ts'
import { passiveOf } from './passive.ts'
import { createLoopGuard, type LoopGuard } from './rules/loop-guard.ts'
import { actOf, type Chosen, ruleFor } from './rules/precedence.ts'
import type { ReplyNote } from './schema.ts'
import { claimLimits } from './store/limits.ts'
import { readVersion } from './store/live.ts'

const guards = new WeakMap<Pool, LoopGuard>()

/** Answers pushes by the rules of their accounts (ADR 0018). */
export const answerer: Answerer = {
  name: 'auto-replies',
  ready,
  answer(ctx, push) {
    const book = compiledFor(ctx, push.accountId)
    const act = book && actOf(push.callback)
    const found = book && act && ruleFor(book, act, push.receivedAt)
    if (!found) return null
    const { rule } = found
    const fan = `${push.accountId}:${push.callback.from}`
    if (!guardOf(ctx).allows(fan, push.key, performance.now())) return muted(rule)
    return answerOf(found, push.key)
  },
  async again(ctx, push, ref) {
    const { ruleId, version, first } = readRef(ref)
    if (first === null) return null
    const kept = await readVersion(ctx.ingestPool, { ruleId, accountId: push.accountId, version })
    const reply = kept?.answer.replies[first]
    return kept === undefined || reply === undefined ? null : passiveOf(reply, kept.accountName)
  },
  claim: (client, asked) => claimLimits(onClient(client), asked),
}

function guardOf({ pool }: Ctx): LoopGuard {
  const guard = guards.get(pool) ?? createLoopGuard()
  guards.set(pool, guard)
  return guard
}

const noted = (note: ReplyNote): Record<string, unknown> => note

const muted = ({ id: rule }: LiveRule): PushAnswer => ({
  ref: null,
  note: noted({ rule, muted: 'too_many' }),
  reply: null,
  limit: null,
})

function answerOf({ rule, keyword, also }: Chosen<LiveRule>, key: Push['key']): PushAnswer {
  const own = partOf(rule, key)
  const more = also && partOf(also, key)
  // a rule that says nothing leaves the push's own answer to the one after it
  const speaks = own.chosen.length === 0 && more !== undefined ? more : own
  const first = passiveIn(speaks)
  const said = (part: Part) => ({
    rule: part.rule.id,
    version: part.rule.version,
    chosen: part.chosen,
    passive: first !== null && part === speaks,
  })
  return {
    ref: `${speaks.rule.id}:${speaks.rule.version}:${first === null ? '' : speaks.chosen[0]}`,
    note: noted({ ...said(own), keyword, ...(more && { also: said(more) }) }),
    reply: first,
    limit: rule.everyMs === null ? null : { rule: rule.id },
  }
}

type Part = { rule: LiveRule; chosen: number[] }
const partOf = (rule: LiveRule, key: Push['key']): Part => ({
  rule,
  chosen: choose({ mode: rule.answer.mode, replies: rule.choices }, { key, rule: rule.id }),
})
const passiveIn = ({ rule, chosen: [first] }: Part) =>
  first === undefined ? null : (rule.passive[first] ?? null)

/** `first` is the reply that was the push's own answer. */
function readRef(ref: string): { ruleId: string; version: number; first: number | null } {
  const [ruleId = '', version = '', first = ''] = ref.split(':')
  return { ruleId, version: Number(version), first: first === '' ? null : Number(first) }
}
