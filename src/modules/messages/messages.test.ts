import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendCustomerService } from '../../channels/official-account/customer-service.ts'
import { sendTemplateMessage } from '../../channels/official-account/templates.ts'
import { accountClient } from '../accounts/index.ts'
import { assertAllowed, render, resolveContent } from './index.ts'
import { LINT_RULES } from './lint/lint.ts'
import type { LintRule, ResolvedContent } from './schema.ts'
import { APP, content, createMessageWorld, from, type MessageWorld, TYPES } from './test-world.ts'

let world: MessageWorld
beforeAll(async () => {
  world = await createMessageWorld()
})
afterAll(() => world?.close())

describe('A6: every kind is taken by the platform as it was written', () => {
  const link = `<a href="https://a.example" data-miniprogram-appid="${APP}" data-miniprogram-path="pages/p">看</a>`
  const kinds: [string, () => object][] = [
    [
      'text',
      () => ({ kind: 'text', text: `你好 {{name}} <a href="https://a.example/x">点这里</a> ${link}` }),
    ],
    ['image', () => ({ kind: 'image', mediaAssetId: world.imageId })],
    [
      'news',
      () => ({
        kind: 'news',
        title: '{{name}}的',
        description: 'd',
        url: 'https://a.example/?n={{name}}',
        pictureAssetId: world.imageId,
      }),
    ],
    [
      'msgmenu',
      () => ({ kind: 'msgmenu', head: '{{name}}，满意吗？', items: [{ id: '101', content: '满意' }] }),
    ],
    [
      'mini-program',
      () => ({
        kind: 'mini-program',
        title: '商城',
        appId: APP,
        path: 'pages/i',
        thumbAssetId: world.imageId,
      }),
    ],
    ['voice', () => ({ kind: 'voice', mediaAssetId: world.voiceId })],
    [
      'video',
      () => ({
        kind: 'video',
        mediaAssetId: world.videoId,
        thumbAssetId: world.imageId,
        title: '给{{name}}',
      }),
    ],
    [
      'music',
      () => ({ kind: 'music', title: 't', musicUrl: 'https://a.example/m.mp3', thumbAssetId: world.imageId }),
    ],
  ]
  test.each(kinds)('%s', async (_, raw) => {
    const openid = world.account.openids[2] as string
    await world.control('POST', '/act', {
      appid: world.account.appid,
      openid,
      action: 'text',
      content: '你好',
    })
    const resolved = await world.resolve({
      ...raw(),
      variables: { name: from({ from: 'person-name' }, { fallback: '朋友' }) },
    })
    const outcome = render(resolved, { name: null })
    if (!outcome.ok || outcome.message.channel !== 'customer-service')
      throw new Error(JSON.stringify(outcome))
    await sendCustomerService(
      await accountClient(world.ctx, world.account.id),
      openid,
      outcome.message.message,
    )
    const [received] = await world.query<{ msgtype: string; content: object }>(
      `select m.msgtype, m.content from simulator.receipt r join simulator.fan f on f.id = r.fan_id
         join simulator.message m on m.id = r.message_id where f.openid = $1 order by r.id desc limit 1`,
      [openid],
    )
    expect(received?.msgtype).toBe(outcome.message.message.msgtype)
    expect(JSON.stringify(received?.content)).not.toContain('{{')
  })

  test('what is not there any more is said at its place', async () => {
    expect(await world.problemsOf({ kind: 'image', mediaAssetId: '999999' })).toEqual([
      'mediaAssetId: image_gone',
    ])
    expect(await world.problemsOf({ kind: 'template', templateId: '999999' })).toEqual([
      'templateId: template_gone',
    ])
    const foreign = { appId: 'wxffffffffffffffff', path: 'p' }
    expect(
      await world.problemsOf({ kind: 'mini-program', title: 't', ...foreign, thumbAssetId: world.imageId }),
    ).toEqual(['appId: mini_program_not_linked'])
  })

  test('an image of another account is not there', async () => {
    const other = await world.bind({ fans: 0 })
    const found = resolveContent(
      world.ctx,
      world.ctx.db,
      other.id,
      content({ kind: 'image', mediaAssetId: world.imageId }),
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
    const client = await accountClient(world.ctx, world.account.id)
    const openId = world.account.openids[0] as string
    const resolved: ResolvedContent = await world.resolve({
      kind: 'template',
      templateId: world.templateId,
      fields,
      variables: own,
    })
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
        const [shown] = await world.query<{ value: string }>(
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

describe('D3: the compliance check warns, and blocks where an administrator says so', () => {
  const raw = () => ({ kind: 'template', templateId: world.templateId, fields: { thing1: '全场秒杀' } })
  const check = async () => {
    const operator = await world.api.signIn('operator')
    const { body } = await operator<{ findings: { rule: string; blocks: boolean }[] }>(
      'POST',
      `/api/accounts/${world.account.id}/message-checks`,
      { content: raw(), facts: { trigger: 'event', perPerson: 1 } },
    )
    return body.findings.map(({ rule, blocks }) => ({ rule, blocks }))
  }
  const allowed = () => assertAllowed(world.ctx, world.ctx.db, world.account.id, { content: content(raw()) })

  test('nothing is stopped until then, and what is stopped is named', async () => {
    expect(await check()).toEqual([{ rule: 'marketing', blocks: false }])
    await expect(allowed()).resolves.toBeUndefined()
    const admin = await world.api.signIn('administrator')
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
    const entries = await world.query('select 1 from audit_entries where action = $1', [
      'message-checks.changed',
    ])
    expect(entries).toHaveLength(2)
  })

  test('only administrators change what is stopped; everybody reads the rules', async () => {
    const operator = await world.api.signIn('operator')
    expect((await operator('PUT', '/api/message-lint-rules', { blocking: [] })).status).toBe(403)
    const { body } = await operator<{ items: LintRule[] }>('GET', '/api/message-lint-rules')
    expect(body.items).toHaveLength(LINT_RULES.length)
  })
})
