import { CompiledQuery } from 'kysely'
import type { PoolClient } from 'pg'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { startCalled } from '../../campaigns/index.ts'
import { type AttributeChange, writeAttributes } from '../../contacts/index.ts'
import { holdTags, knownTags } from '../../tags/index.ts'
import type { Answered } from './answered.ts'

/** Attributes written at a time. */
const AT_ONCE = 1_000

/** Tags given and taken, each person's in the order of the log. */
export async function changeTags(trx: Executor, answered: readonly Answered[], now: Date): Promise<void> {
  let left = answered.filter(({ answer: { effects } }) => effects.give.length + effects.take.length > 0)
  while (left.length > 0) {
    const seen = new Set<string>()
    const round = left.filter(({ contactId }) => !seen.has(contactId) && seen.add(contactId))
    const groups = Map.groupBy(round, ({ answer: { effects } }) =>
      JSON.stringify([effects.give, effects.take]),
    )
    for (const group of groups.values()) {
      const { give, take } = (group[0] as Answered).answer.effects
      const contactIds = group.map(({ contactId }) => contactId)
      await holdTags(trx, { contactIds, give: await living(trx, give), take }, now)
    }
    left = left.filter((one) => !round.includes(one))
  }
}

/** A tag that was deleted since can't be given. */
async function living(trx: Executor, tagIds: readonly string[]): Promise<string[]> {
  if (tagIds.length === 0) return []
  const known = await knownTags(trx, tagIds)
  return tagIds.filter((id) => known.has(id))
}

/** Attributes set, the last of a person and key holds; a value that doesn't fit its attribute is counted there. */
export async function setAttributes(trx: Executor, answered: readonly Answered[], now: Date): Promise<void> {
  const changes = answered.flatMap(({ contactId, answer: { effects } }): AttributeChange[] =>
    effects.attributes.map(({ key, value }) => ({ contactId, key, value })),
  )
  for (let from = 0; from < changes.length; from += AT_ONCE)
    await writeAttributes(clientIn(trx), changes.slice(from, from + AT_ONCE), now, { origin: 'operator' })
}

/** Campaigns started, in the order of their ids, as everybody locks what they count. */
export async function startCampaigns(ctx: Ctx, trx: Executor, answered: readonly Answered[]): Promise<void> {
  const byCampaign = Map.groupBy(answered, ({ answer: { effects } }) => effects.campaignId ?? '')
  byCampaign.delete('')
  for (const [campaignId, group] of [...byCampaign].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1)))
    await startCalled(ctx, trx, { campaignId, events: [...new Set(group.map(({ event }) => event))] })
}

/** The connection of a transaction, as those see it who write their SQL as text. */
const clientIn = (trx: Executor): PoolClient =>
  ({
    query: async (query: string | { text: string; values?: unknown[] }, values: unknown[] = []) => {
      const { text, values: given = [] } = typeof query === 'string' ? { text: query, values } : query
      const { rows, numAffectedRows } = await trx.executeQuery(CompiledQuery.raw(text, given))
      return { rows, rowCount: Number(numAffectedRows ?? rows.length) }
    },
  }) as unknown as PoolClient
