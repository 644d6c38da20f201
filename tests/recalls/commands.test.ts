import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecallNext, RecallPerson, RecallRule, RecallWhy } from '../../src/modules/recalls/schema.ts'
import type { Bound } from '../support/sending.ts'
import { createRecallWorld, DAY, MINUTE, PLAIN, type RecallWorld } from './world.ts'

let world: RecallWorld
let account: Bound
beforeAll(async () => {
  world = await createRecallWorld({ WEIDA_RECALL_RULES: '3' })
  account = await world.bind({ fans: 6 })
})
afterAll(() => world?.close())

const path = (rest = '') => `/api/accounts/${account.id}/recall-rules${rest}`
type Refusal = { error: { reason: string; detail: Record<string, unknown> } }
const refused = async (fields: object) => {
  const { status, body } = await world.save(account, fields)
  return { status, ...(body as unknown as Refusal).error }
}
const answer = (text: string) => ({ replies: [{ content: { kind: 'text', text } }] })
const DEFAULT = { kind: 'default', greeting: '好久不见', phrase: '点我领券', says: '领券' }

test('C2: 10 to 2,880 minutes; out of range is refused with the range', async () => {
  for (const minutes of [9, 2_881])
    expect(await refused({ minutes })).toMatchObject({
      status: 400,
      reason: 'minutes_out_of_range',
      detail: { from: 10, to: 2_880 },
    })
  for (const minutes of [10, 2_879]) {
    const rule = await world.rule(account, { minutes })
    expect((await world.api('DELETE', path(`/${rule.id}`))).status).toBe(200)
  }
})

test('C2: 2,880 minutes are refused in both readings until somebody says that they know', async () => {
  expect(await refused({ minutes: 2_880 })).toMatchObject({
    status: 400,
    reason: 'recall_degenerate',
    detail: { why: 'recall_at_once' },
  })
  expect(await refused({ minutes: 2_880, reading: 'after-silence' })).toMatchObject({
    reason: 'recall_degenerate',
    detail: { why: 'recall_too_late' },
  })
  const rule = await world.rule(account, { minutes: 2_880, acceptDegenerate: true })
  expect(rule).toMatchObject({ minutes: 2_880, reading: 'before-end' })
  expect((await world.api('DELETE', path(`/${rule.id}`))).status).toBe(200)
})

test('C2: right after each act and never: what the ends of the range come to', async () => {
  const soon = await world.rule(account, { minutes: 2_880, acceptDegenerate: true })
  const never = await world.rule(account, {
    minutes: 2_880,
    reading: 'after-silence',
    acceptDegenerate: true,
  })
  const [openid = ''] = account.openids
  await world.act(account, openid)
  await world.pass(MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[openid, 1]]))
  await world.pass(2 * DAY)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[openid, 1]]))
  for (const { id } of [soon, never]) expect((await world.api('DELETE', path(`/${id}`))).status).toBe(200)
})

test('C1: the setting limits how many there are; a deleted one makes room', async () => {
  const rules = [
    await world.rule(account),
    await world.rule(account),
    await world.rule(account, { on: false }),
  ]
  expect(await refused({})).toMatchObject({ status: 409, reason: 'recall_limit', detail: { limit: 3 } })
  expect((await world.api<{ limit: number }>('GET', path())).body.limit).toBe(3)
  for (const { id } of rules) expect((await world.api('DELETE', path(`/${id}`))).status).toBe(200)
  const { status, body } = await world.api<{ items: RecallRule[] }>('GET', path())
  expect([status, body.items]).toEqual([200, []])
})

test('C4: a content that can’t be sent is refused with the place of its reply; tags that nobody knows too', async () => {
  const replies = [
    { kind: 'text', text: '一' },
    { kind: 'image', mediaAssetId: null },
  ]
  expect(await refused({ content: { kind: 'custom', replies } })).toMatchObject({
    reason: 'message_invalid',
    detail: { reply: 1, problems: [{ field: 'mediaAssetId', reason: 'image_missing' }] },
  })
  expect(await refused({ content: { kind: 'custom', replies: [] } })).toMatchObject({ status: 400 })
  const template = { kind: 'template', templateId: '1' }
  expect(await refused({ content: { kind: 'custom', replies: [template] } })).toMatchObject({ status: 400 })
  expect(await refused({ include: [{ of: 'own', tagId: '424242' }] })).toMatchObject({
    reason: 'rule_invalid',
  })
  expect((await world.api<{ items: RecallRule[] }>('GET', path())).body.items).toEqual([])
})

test('C4, C5: the tap on the phrase says the text in the fan’s name, and counts as recalled', async () => {
  const rule = await world.rule(account, { content: DEFAULT, keywordReply: answer('券在这里') })
  expect(rule.keywordReply).toMatchObject({ replies: [{ content: { text: '券在这里' } }] })
  const keywords = async () =>
    (
      await world.ctx.pool.query<{ keywords: unknown; archived: boolean }>(
        `select keywords, archived_at is not null as archived from reply_rules where owner_kind = 'recall' and owner_id = $1`,
        [rule.id],
      )
    ).rows
  expect(await keywords()).toEqual([
    { keywords: [{ text: '领券', match: 'exact', caseSensitive: false }], archived: false },
  ])
  const [, taps = '', types = '', silent = ''] = account.openids
  for (const openid of [taps, types, silent]) await world.act(account, openid)
  await world.pass(2 * DAY - 9 * MINUTE)
  await world.work()
  await world.act(account, taps, 'msgmenu', { itemId: `wd-recall-${rule.id}`, content: '领券' })
  await world.pass(MINUTE)
  await world.act(account, types)
  await world.follow()
  expect(await world.read(rule)).toMatchObject({ sent: 3, returned: 2 })
  const people = async (outcome: string) =>
    (await world.api<{ items: RecallPerson[] }>('GET', path(`/${rule.id}/people?outcome=${outcome}`))).body
      .items
  expect(
    (await people('returned')).map(({ openid, returned }) => [openid, returned?.kind, returned?.tapped]),
  ).toEqual(
    expect.arrayContaining([
      [taps, 'menu', true],
      [types, 'message', false],
    ]),
  )
  expect((await people('not-returned')).map(({ openid }) => openid)).toEqual([silent])
  const { body: next } = await world.api<RecallNext>('GET', path(`/${rule.id}/next`))
  expect(next).toMatchObject({ returns: 2, tapped: 1, byKind: { message: 1, menu: 1 }, more: false })
  const [one] = await people('not-returned')
  const { body: why } = await world.api<RecallWhy>('GET', path(`/${rule.id}/why/${one?.contactId}`))
  expect(why).toMatchObject({ standing: 'planned', deliveries: [{ state: 'accepted' }] })

  // other words: the same keyword rule follows; without a reply it goes
  const content = { ...DEFAULT, says: '要券' }
  const changed = await world.edit(rule, { content, keywordReply: answer('新的券') })
  expect(changed.keywordRuleId).toBe(rule.keywordRuleId)
  expect(await keywords()).toMatchObject([{ keywords: [{ text: '要券' }], archived: false }])
  await world.edit(rule, { content: PLAIN.content })
  expect(await keywords()).toMatchObject([{ archived: true }])
  expect((await world.api('DELETE', path(`/${rule.id}`))).status).toBe(200)
})

test('C4: of several replies each fan gets one, the same whoever asks', async () => {
  const replies = ['一', '二', '三'].map((text) => ({ kind: 'text', text }))
  const rule = await world.rule(account, { content: { kind: 'custom', replies } })
  for (const openid of account.openids) await world.act(account, openid)
  await world.pass(2 * DAY - 9 * MINUTE)
  await world.work()
  const { rows } = await world.ctx.pool.query<{ version: number }>(
    `select d.version from deliveries d join sends s on s.id = d.send_id where s.owner_kind = 'recall' and s.owner_id = $1
       and d.state = 'accepted'`,
    [rule.id],
  )
  expect(rows).toHaveLength(account.openids.length)
  expect(rows.every(({ version }) => version >= 1 && version <= 3)).toBe(true)
  expect((await world.api('DELETE', path(`/${rule.id}`))).status).toBe(200)
})

test('C6: of two who edit at once the second is told; every version is kept with who made it', async () => {
  const rule = await world.rule(account)
  const { version, name, minutes, content } = rule
  const put = (fields: object) =>
    world.api('PUT', path(`/${rule.id}`), { name, minutes, content, version, ...fields })
  expect((await put({ minutes: 20 })).status).toBe(200)
  expect(await put({ minutes: 30 })).toMatchObject({
    status: 409,
    body: { error: { reason: 'changed_meanwhile' } },
  })
  const { body } = await world.api<{ items: { version: number; rule: { minutes: number } }[] }>(
    'GET',
    path(`/${rule.id}/versions`),
  )
  expect(body.items.map((one) => [one.version, one.rule.minutes])).toEqual([
    [2, 20],
    [1, 10],
  ])
  const { rows } = await world.ctx.pool.query<{ action: string }>(
    `select action from audit_entries where subject_kind = 'recall-rule' and subject_id = $1 order by id`,
    [rule.id],
  )
  expect(rows.map(({ action }) => action)).toEqual(['recall_rule.created', 'recall_rule.updated'])
  expect((await world.api('DELETE', path(`/${rule.id}`))).status).toBe(200)
  expect((await world.api('GET', path(`/${rule.id}`))).status).toBe(404)
})
