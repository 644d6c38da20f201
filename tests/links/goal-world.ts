import { sql } from 'kysely'
import { setGoal } from '../../src/modules/goals/index.ts'
import { goalsModule } from '../../src/modules/goals/module.ts'
import type { Goal } from '../../src/modules/goals/schema.ts'
import { createReactionSweeps } from '../../src/modules/ingest/index.ts'
import { saveLinks } from '../../src/modules/links/index.ts'
import { createBareWorld } from '../security/world.ts'
import { insertAccount, insertDelivery, insertPeople, insertSend, type NewDelivery } from './world.ts'

const MINUTE = 60_000
const NEVER = new AbortController().signal
const START = Date.parse('2026-11-10T02:00:00Z')
export const at = (minutes: number) => new Date(START + minutes * MINUTE)

export type Event = {
  contactId: string
  name: string
  at: Date
  properties?: object
  sourceId?: string | null
}
export const click = (contactId: string, delivery: string, when: Date): Event => ({
  contactId,
  name: 'weida.link_click',
  at: when,
  properties: { delivery, link: 0 },
})
export const goal = (changed: Partial<Goal> = {}): Goal => ({
  event: { event: 'order', where: [] },
  within: { amount: 2, unit: 'hour' },
  from: 'sent',
  value: 'amount',
  ...changed,
})

export type GoalWorld = Awaited<ReturnType<typeof createGoalWorld>>

/** An account whose sends have goals, the log of what people did, and what came to count. */
export async function createGoalWorld() {
  const world = await createBareWorld('production')
  const { ctx } = world
  const accountId = await insertAccount(ctx)

  const follow = async () => {
    for (const sweep of createReactionSweeps(goalsModule.reactions ?? []))
      while ((await sweep.run(ctx, NEVER)) > 0);
  }
  const tell = async (events: readonly Event[]): Promise<string[]> => {
    const ids: string[] = []
    for (const { contactId, name, at: when, properties = {}, sourceId = null } of events) {
      const { rows } = await sql<{ id: string }>`
        insert into events (account_id, contact_id, name, at, received_at, source_id, properties)
        values (${accountId}::bigint, ${contactId}::bigint, ${name}, ${when}, now(), ${sourceId}::bigint, ${JSON.stringify(properties)}::jsonb)
        returning id`.execute(ctx.db)
      ids.push(rows[0]?.id as string)
    }
    return ids
  }
  const sendWith = async (given: Goal | null, links = 1) => {
    const sendId = await insertSend(ctx, { accountId, version: 2 })
    for (const version of [1, 2])
      await saveLinks(
        ctx.db,
        { sendId, version },
        Array.from({ length: links }, (_, index) => ({
          index,
          kind: 'web',
          url: 'https://brand.example.com/',
        })),
      )
    await setGoal(ctx.db, sendId, given, at(0))
    return sendId
  }
  const person = async () => {
    const { contactIds, fanIds } = await insertPeople(ctx, accountId, 1)
    return { contactId: contactIds[0] as string, fanId: fanIds[0] as string }
  }
  const merge = (contactId: string, into: string) =>
    sql`insert into contact_aliases (contact_id, merged_into, merged_at, cause) values (${contactId}::bigint, ${into}::bigint, now(), '{}')`.execute(
      ctx.db,
    )
  const deliver = (given: Omit<NewDelivery, 'accountId'>) => insertDelivery(ctx, { accountId, ...given })
  const countedFor = async (eventIds: readonly string[]) => {
    const { rows } = await sql<{ event_id: string; delivery_id: string; value: string | null }>`
      select event_id, delivery_id, value from conversions where event_id = any(${[...eventIds]}::bigint[])`.execute(
      ctx.db,
    )
    return new Map(rows.map((row) => [row.event_id, row]))
  }
  return { ctx, follow, tell, sendWith, person, merge, deliver, countedFor, close: world.close }
}
