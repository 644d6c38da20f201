import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OwnedCtx } from '../../src/context.ts'
import { inTransaction } from '../../src/infra/transaction.ts'
import { adoptAnswers, bookAnswers, catchUpAnswers } from '../../src/modules/consents/book.ts'
import { grantsOf } from '../../src/modules/consents/grants.ts'
import type { ReactionEvent } from '../../src/modules/manifest.ts'
import { insertAccount, insertPeople } from '../links/world.ts'
import { type BareWorld, createBareWorld } from '../security/world.ts'

let world: BareWorld
let ctx: OwnedCtx
let accountId: string

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  ctx = world.ctx as OwnedCtx
  accountId = await insertAccount(ctx)
})
afterAll(() => world?.close())

/** More than are adopted at a time. */
const MANY = 1_200
const template = async (wechatId: string): Promise<string> => {
  const { rows } = await ctx.pool.query<{ id: string }>(
    `insert into message_templates (account_id, kind, wechat_id, title, content, fields, term, fingerprint, first_seen_at, synced_at)
     values ($1, 'subscription', $2, $2, '', '[]', 'one-time', '', now(), now()) returning id`,
    [accountId, wechatId],
  )
  return rows[0]?.id ?? ''
}
/** Acceptances as ingest writes them, one of each of these, in this order. */
async function accept(wechatId: string, who: readonly string[]): Promise<ReactionEvent[]> {
  const properties = { items: [{ templateId: wechatId, accepted: true, scene: 1 }] }
  const { rows } = await ctx.pool.query<{ id: string; fan_id: string; at: Date }>(
    `insert into events (account_id, contact_id, fan_id, name, at, received_at, properties)
     select $1, f.contact_id, f.id, 'wechat.subscription_answered', now(), now(), $3
     from unnest($2::bigint[]) with ordinality as u (id, n) join fans f on f.id = u.id order by u.n returning id, fan_id, at`,
    [accountId, who, properties],
  )
  return rows.map(({ id, fan_id: fanId, at }) => ({
    id,
    accountId,
    contactId: null,
    fanId,
    sourceId: null,
    name: 'wechat.subscription_answered',
    at,
    receivedAt: at,
    properties,
  }))
}
const book = (events: ReactionEvent[]) => inTransaction(ctx.db, (trx) => bookAnswers(trx, events))
const left = async (templateId: string, fanId: string) =>
  (await grantsOf(ctx.db, templateId, [fanId])).get(fanId)?.left

test.each([
  ['books the log', book],
  [
    'acts on the answer',
    (events: ReactionEvent[]) => inTransaction(ctx.db, (trx) => catchUpAnswers(trx, events)),
  ],
] as const)(
  'D8: who %s passes over none of the person’s answers that are kept, however many others’ are',
  async (name, how) => {
    const wechatId = `KEPT-${name}`
    const { fanIds } = await insertPeople(ctx, accountId, MANY + 1)
    const person = fanIds.at(-1) as string
    await book(await accept(wechatId, fanIds))
    // another template of theirs is booked as far as here
    await template(`OTHER-${name}`)
    await book(await accept(`OTHER-${name}`, [person]))
    const templateId = await template(wechatId)
    await how(await accept(wechatId, [person]))
    expect(await left(templateId, person)).toBe(2)
    while ((await adoptAnswers(ctx)) > 0);
    expect(await left(templateId, person)).toBe(2)
    expect(await left(templateId, fanIds[0] as string)).toBe(1)
  },
)
