import fc from 'fast-check'
import { Kysely, PostgresDialect } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../../../tests/support/sending.ts'
import { sendCustomerService } from '../../channels/official-account/customer-service.ts'
import { sendTemplateMessage } from '../../channels/official-account/templates.ts'
import type { DB } from '../../infra/transaction.ts'
import { AppError } from '../../kernel/errors.ts'
import { FIELD_RULES } from '../../wechat/rules/template-fields.ts'
import { accountClient } from '../accounts/index.ts'
import { uploadMedia } from '../contents/index.ts'
import type { MediaKind } from '../contents/schema.ts'
import { declareDataset, writeDatasetRows } from '../datasets/index.ts'
import { declareDatasetBody } from '../datasets/schema.ts'
import { createMiniProgram, linkMiniProgram } from '../mini-programs/index.ts'
import { syncTemplates } from '../templates/index.ts'
import { assertAllowed, needsOf, readValues, render, resolveContent } from './index.ts'
import { LINT_RULES } from './lint/lint.ts'
import {
  type LintRule,
  type MessageContent,
  messageContent,
  type ResolvedContent,
  type Variables,
  variables,
} from './schema.ts'

const APP = 'wx0123456789abcdef'
const TYPES = Object.keys(FIELD_RULES).filter((type) => !/^(const|enum|enum_string)$/.test(type))

let world: SendingWorld
let api: TestApi
let account: Bound
let imageId: string
let voiceId: string
let videoId: string
let templateId: string

beforeAll(async () => {
  world = await createSendingWorld()
  api = await createTestApi(world.ctx)
  account = await world.bind({ fans: 40, articles: 3, settings: { miniPrograms: [APP] } })
  imageId = await upload('image', '89504e470d0a1a0a0000000d49484452')
  voiceId = await upload('voice', '494433040000000000000000')
  videoId = await upload('video', '00000020667479706d70343200000000')
  await oneTemplateOfEveryType()
  const miniProgramId = await createMiniProgram(world.ctx, { appid: APP, name: '商城', ghId: null, note: '' })
  await linkMiniProgram(world.ctx, { miniProgramId, accountId: account.id })
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

const query = async <T extends object>(text: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(text, values)).rows
const content = (raw: object): MessageContent => messageContent.parse(raw)
const resolve = (raw: object) => resolveContent(world.ctx, world.ctx.db, account.id, content(raw))
const problemsOf = async (raw: object): Promise<string[]> => {
  const error = await resolve(raw).catch((caught: unknown) => caught)
  if (!(error instanceof AppError)) return []
  return (error.detail['problems'] as { field: string; reason: string }[]).map(
    (one) => `${one.field}: ${one.reason}`,
  )
}

async function upload(kind: MediaKind, hex: string): Promise<string> {
  async function* source() {
    yield Buffer.from(hex, 'hex')
  }
  return (await uploadMedia(world.ctx, account.id, { kind, name: `${kind}.bin`, source: source() })).id
}

/** A template at WeChat that has one field of each type. */
async function oneTemplateOfEveryType(): Promise<void> {
  const text = TYPES.map((type) => `${type}：{{${type}1.DATA}}`).join('\n')
  const [row] = await query<{ id: string }>(
    `update simulator.template set content = $2 where id = (select t.id from simulator.template t
       join simulator.account a on a.id = t.account_id where a.appid = $1 and t.kind = 'template'
         and t.content like '%{{thing%' order by t.id limit 1) returning id`,
    [account.appid, text],
  )
  await syncTemplates(world.ctx, account.id)
  const [known] = await query<{ id: string }>('select id from message_templates where wechat_id = $1', [
    row?.id,
  ])
  templateId = known?.id as string
}

const contactOf = async (fan: number): Promise<string> =>
  (await query<{ contact_id: string }>('select contact_id from fans where id = $1', [account.fanIds[fan]]))[0]
    ?.contact_id as string
const rename = async (fan: number, name: string) =>
  query('update contacts set name = $2 where id = $1', [await contactOf(fan), name])
async function attribute(fan: number, key: string, value: string, personal = false): Promise<void> {
  await query(
    `with a as (insert into attributes (key, type, origin, personal, created_at) values ($1, 'text', 'declared', $4, now())
       on conflict (key) do update set key = excluded.key returning id)
     insert into contact_attributes (contact_id, attribute_id, text_value, since) select $2, id, $3, now() from a`,
    [key, await contactOf(fan), value, personal],
  )
}

const from = (source: object, missing: object | 'skip' = 'skip') => ({ source, missing })
const vars = (all: Record<string, object>): Variables => variables.parse(all)
const needs = (all: Record<string, object>) =>
  needsOf({
    kind: 'text',
    channel: 'customer-service',
    variables: vars(all),
    message: {
      msgtype: 'text',
      text: {
        content: Object.keys(all)
          .map((name) => `{{${name}}}`)
          .join(),
      },
    },
  })

describe('what is read of people', () => {
  const all = {
    name: from({ from: 'person-name' }),
    account: from({ from: 'account-name' }),
    city: from({ from: 'attribute', key: 'city' }),
    no: from({ from: 'event', property: 'no' }),
    inner: from({ from: 'event', property: 'order.amount' }),
    happened: from({ from: 'event-time' }),
    status: from({ from: 'latest-row', dataset: 'purchases', field: 'status' }),
    due: from({ from: 'latest-row', dataset: 'purchases', field: 'due' }),
  }
  beforeAll(async () => {
    await declareDataset(
      world.ctx,
      declareDatasetBody.parse({
        key: 'purchases',
        name: '订单',
        fields: [
          { key: 'status', name: '状态', type: 'text' },
          { key: 'due', name: '到期', type: 'date' },
        ],
      }),
    )
    const person = { contactId: await contactOf(0) }
    await writeDatasetRows(world.ctx, 'purchases', [
      { key: 'p2', person, at: '2026-06-02T00:00:00Z', fields: { status: '新', due: '2026-07-02' } },
      { key: 'p1', person, at: '2026-06-01T00:00:00Z', fields: { status: '旧', due: '2026-07-01' } },
    ])
    await rename(0, '王小明')
    await attribute(0, 'city', '上海')
  })

  test('each source of each person, the newest row, and null where there is nothing', async () => {
    const context = { at: '2026-06-03T01:02:03.000Z', properties: { no: 'A1', order: { amount: 12.5 } } }
    const people = [
      { n: 1, contactId: await contactOf(0), fanId: account.fanIds[0] as string, context },
      { n: 2, contactId: await contactOf(1), fanId: account.fanIds[1] as string, context: null },
    ]
    const values = await readValues(world.ctx.db, needs(all), people, account.id)
    expect(values.get(1)).toEqual({
      name: '王小明',
      account: account.name,
      city: '上海',
      no: 'A1',
      inner: 12.5,
      happened: '2026-06-03T01:02:03.000Z',
      status: '新',
      due: '2026-07-02',
    })
    expect(values.get(2)).toEqual({
      ...{ name: null, account: account.name, city: null, no: null, inner: null, happened: null },
      ...{ status: null, due: null },
    })
  })

  test('somebody merged into another is read as who they are today', async () => {
    const [old] = await query<{ id: string }>('insert into contacts (created_at) values (now()) returning id')
    await query(
      `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'operator')`,
      [old?.id, await contactOf(0)],
    )
    const person = { n: 0, contactId: old?.id as string, fanId: '0', context: null }
    const values = await readValues(world.ctx.db, needs(all), [person], account.id)
    expect(values.get(0)).toMatchObject({ name: '王小明', city: '上海', status: '新' })
  })

  test('thousands of people take as many queries as one', async () => {
    let queries = 0
    const counting = new Kysely<DB>({
      dialect: new PostgresDialect({ pool: world.ctx.pool as never }),
      log: () => {
        queries++
      },
    })
    const contactId = await contactOf(0)
    const ask = async (people: number) => {
      queries = 0
      const asked = Array.from({ length: people }, (_, n) => ({ n, contactId, fanId: '0', context: null }))
      expect((await readValues(counting, needs(all), asked, account.id)).size).toBe(people)
      return queries
    }
    const one = await ask(1)
    expect(one).toBeGreaterThan(0)
    expect(await ask(5_000)).toBe(one)
  })
})

describe('A6: every kind is taken by the platform as it was written', () => {
  const link = `<a href="https://a.example" data-miniprogram-appid="${APP}" data-miniprogram-path="pages/p">看</a>`
  const kinds: [string, () => object][] = [
    [
      'text',
      () => ({ kind: 'text', text: `你好 {{name}} <a href="https://a.example/x">点这里</a> ${link}` }),
    ],
    ['image', () => ({ kind: 'image', mediaAssetId: imageId })],
    [
      'news',
      () => ({
        kind: 'news',
        title: '{{name}}的',
        description: 'd',
        url: 'https://a.example/?n={{name}}',
        pictureAssetId: imageId,
      }),
    ],
    [
      'msgmenu',
      () => ({ kind: 'msgmenu', head: '{{name}}，满意吗？', items: [{ id: '101', content: '满意' }] }),
    ],
    [
      'mini-program',
      () => ({ kind: 'mini-program', title: '商城', appId: APP, path: 'pages/i', thumbAssetId: imageId }),
    ],
    ['voice', () => ({ kind: 'voice', mediaAssetId: voiceId })],
    ['video', () => ({ kind: 'video', mediaAssetId: videoId, thumbAssetId: imageId, title: '给{{name}}' })],
    [
      'music',
      () => ({ kind: 'music', title: 't', musicUrl: 'https://a.example/m.mp3', thumbAssetId: imageId }),
    ],
  ]
  test.each(kinds)('%s', async (_, raw) => {
    const openid = account.openids[2] as string
    await world.control('POST', '/act', { appid: account.appid, openid, action: 'text', content: '你好' })
    const resolved = await resolve({
      ...raw(),
      variables: { name: from({ from: 'person-name' }, { fallback: '朋友' }) },
    })
    const outcome = render(resolved, { name: null })
    if (!outcome.ok || outcome.message.channel !== 'customer-service')
      throw new Error(JSON.stringify(outcome))
    await sendCustomerService(await accountClient(world.ctx, account.id), openid, outcome.message.message)
    const [received] = await query<{ msgtype: string; content: object }>(
      `select m.msgtype, m.content from simulator.receipt r join simulator.fan f on f.id = r.fan_id
         join simulator.message m on m.id = r.message_id where f.openid = $1 order by r.id desc limit 1`,
      [openid],
    )
    expect(received?.msgtype).toBe(outcome.message.message.msgtype)
    expect(JSON.stringify(received?.content)).not.toContain('{{')
  })

  test('what is not there any more is said at its place', async () => {
    expect(await problemsOf({ kind: 'image', mediaAssetId: '999999' })).toEqual(['mediaAssetId: image_gone'])
    expect(await problemsOf({ kind: 'template', templateId: '999999' })).toEqual([
      'templateId: template_gone',
    ])
    const foreign = { appId: 'wxffffffffffffffff', path: 'p' }
    expect(await problemsOf({ kind: 'mini-program', title: 't', ...foreign, thumbAssetId: imageId })).toEqual(
      ['appId: mini_program_not_linked'],
    )
  })

  test('an image of another account is not there', async () => {
    const other = await world.bind({ fans: 0 })
    const found = resolveContent(
      world.ctx,
      world.ctx.db,
      other.id,
      content({ kind: 'image', mediaAssetId: imageId }),
    )
    await expect(found).rejects.toMatchObject({ reason: 'message_invalid' })
  })
})

describe('D2: what passes here is taken by the platform, uncut', () => {
  const good: Record<string, string> = {
    thing: '燕麦拿铁',
    short_thing: '拿铁',
    number: '12',
    letter: 'A',
    symbol: '!',
    character_string: 'A1',
    time: '10:00',
    date: '2026-11-21',
    amount: '¥9.90',
    phone_number: '13800001234',
    car_number: '粤A8Z888',
    name: '王小明',
    phrase: '已发货',
  }
  const fields = Object.fromEntries(TYPES.map((type) => [`${type}1`, `{{${type}}}`]))
  const own = Object.fromEntries(TYPES.map((type) => [type, from({ from: 'event', property: type })]))

  test('for any value of any type', async () => {
    const client = await accountClient(world.ctx, account.id)
    const openId = account.openids[0] as string
    const resolved: ResolvedContent = await resolve({ kind: 'template', templateId, fields, variables: own })
    const pieces = fc.constantFrom(
      '字',
      '🎉',
      'a',
      'Z',
      '9',
      '0',
      '.',
      '-',
      '~',
      ' ',
      ':',
      '年',
      '月',
      '日',
      '¥',
      '元',
    )
    const any = fc.oneof(
      fc.string({ unit: pieces, minLength: 1, maxLength: 34 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 22 }),
      fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
        .map((at) => at.toISOString().slice(0, 16).replace('T', ' ')),
    )
    let taken = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...TYPES), any, async (type, value) => {
        const outcome = render(resolved, { ...good, [type]: value })
        if (!outcome.ok) {
          refused++
          return
        }
        if (outcome.message.channel !== 'template') throw new Error('a template message')
        taken++
        const { templateId: id, data } = outcome.message
        await sendTemplateMessage(client, { openId, templateId: id, data, clientMsgId: `w${taken}` })
        const [shown] = await query<{ value: string }>(
          `select content -> 'data' ->> $1 as value from simulator.message where kind = 'template' order by id desc limit 1`,
          [`${type}1`],
        )
        expect(shown?.value).toBe(data[`${type}1`]?.value)
      }),
      { numRuns: 150 },
    )
    expect(Math.min(taken, refused)).toBeGreaterThan(5)
  })
})

describe('a preview with a real person’s values', () => {
  type Preview = {
    message: { message?: { text?: { content: string } } } | null
    problem: { reason: string; field: string; value: string } | null
    values: { name: string; value: string; used: string }[]
    masked: boolean
  }
  const raw = {
    kind: 'text',
    text: '你好 {{name}}，{{city}}',
    variables: {
      name: from({ from: 'person-name' }, { fallback: '朋友' }),
      city: from({ from: 'attribute', key: 'city' }),
    },
  }
  const ask = async (who: Caller, body: object, accountId = account.id) =>
    who<Preview>('POST', `/api/accounts/${accountId}/message-previews`, body)

  test('is what would be sent; who lacks a value is said to get nothing', async () => {
    const operator = await api.signIn('operator')
    const { body } = await ask(operator, { content: raw, fanId: account.fanIds[0] })
    expect(body.message?.message?.text?.content).toBe('你好 王小明，上海')
    expect(body.values).toContainEqual({ name: 'name', value: '王小明', used: 'own' })
    const other = (await ask(operator, { content: raw, fanId: account.fanIds[1] })).body
    expect(other).toMatchObject({ message: null, problem: { reason: 'variable_missing', value: 'city' } })
    expect(other.values).toContainEqual({ name: 'name', value: '朋友', used: 'fallback' })
  })

  test('shows nothing of the person to roles that may not see personal data', async () => {
    const analyst = await api.signIn('analyst')
    const { status, body } = await ask(analyst, { content: raw, fanId: account.fanIds[0] })
    expect(status).toBe(200)
    expect(body).toMatchObject({ message: null, masked: true })
    expect(JSON.stringify(body)).not.toMatch(/小明|上海/)
    const broken = { kind: 'template', templateId, fields: { amount1: '{{name}}' }, variables: raw.variables }
    expect(
      JSON.stringify((await ask(analyst, { content: broken, fanId: account.fanIds[0] })).body),
    ).not.toContain('小明')
  })

  test('works while the content is not complete, and for fans of the account only', async () => {
    const operator = await api.signIn('operator')
    const incomplete = { ...raw, kind: 'news', title: '{{name}}' }
    const { body } = await ask(operator, { content: incomplete, fanId: account.fanIds[0] })
    expect(body).toMatchObject({ message: null, problem: { reason: 'message_invalid' } })
    expect(body.values).toContainEqual({ name: 'name', value: '王小明', used: 'own' })
    const other = await world.bind({ fans: 0 })
    expect((await ask(operator, { content: raw, fanId: account.fanIds[0] }, other.id)).status).toBe(404)
  })
})

describe('D3: the compliance check warns, and blocks where an administrator says so', () => {
  const raw = () => ({ kind: 'template', templateId, fields: { thing1: '全场秒杀' } })
  const check = async () => {
    const operator = await api.signIn('operator')
    const { body } = await operator<{ findings: { rule: string; blocks: boolean }[] }>(
      'POST',
      `/api/accounts/${account.id}/message-checks`,
      { content: raw(), facts: { trigger: 'event', perPerson: 1 } },
    )
    return body.findings.map(({ rule, blocks }) => ({ rule, blocks }))
  }
  const allowed = () => assertAllowed(world.ctx, world.ctx.db, account.id, { content: content(raw()) })

  test('nothing is stopped until then, and what is stopped is named', async () => {
    expect(await check()).toEqual([{ rule: 'marketing', blocks: false }])
    await expect(allowed()).resolves.toBeUndefined()
    const admin = await api.signIn('administrator')
    const set = (blocking: string[]) =>
      admin<{ items: LintRule[] }>('PUT', '/api/message-lint-rules', { blocking })
    expect((await set(['marketing'])).body.items.filter(({ blocks }) => blocks).map(({ id }) => id)).toEqual([
      'marketing',
    ])
    expect(await check()).toEqual([{ rule: 'marketing', blocks: true }])
    await expect(allowed()).rejects.toMatchObject({
      reason: 'content_blocked_by_check',
      detail: { rules: ['marketing'] },
    })
    expect((await set(['nothing'])).status).toBe(400)
    await set([])
    await expect(allowed()).resolves.toBeUndefined()
    const entries = await query('select 1 from audit_entries where action = $1', ['message-checks.changed'])
    expect(entries).toHaveLength(2)
  })

  test('only administrators change what is stopped; everybody reads the rules', async () => {
    const operator = await api.signIn('operator')
    expect((await operator('PUT', '/api/message-lint-rules', { blocking: [] })).status).toBe(403)
    const { body } = await operator<{ items: LintRule[] }>('GET', '/api/message-lint-rules')
    expect(body.items).toHaveLength(LINT_RULES.length)
  })
})
