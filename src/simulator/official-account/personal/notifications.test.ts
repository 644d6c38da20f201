import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../json.ts'
import { codes, MINUTE, type PersonalWorld, STILL, startPersonalWorld } from './test-world.ts'

let world: PersonalWorld
beforeAll(async () => {
  world = await startPersonalWorld()
})
afterAll(() => world.close())

describe('F7: template messages', () => {
  const data = {
    character_string1: { value: 'A1' },
    thing2: { value: '拿铁' },
    amount3: { value: '￥28.00' },
    time4: { value: '2026-11-21 10:00' },
  }
  const template = async (title = '订单支付成功通知'): Promise<string> =>
    (await world.brand.get('/cgi-bin/template/get_all_private_template')).template_list.find(
      (one: JsonObject) => one['title'] === title,
    ).template_id
  const sendTo = async (openid: string, more: JsonObject = {}) =>
    world.brand.post('/cgi-bin/message/template/send', {
      touser: openid,
      template_id: await template(),
      data,
      ...more,
    })

  test('go to followers without any window, and the same key within ten minutes goes once', async () => {
    const one = world.fan()
    const first = await sendTo(one, { client_msg_id: 'k1' })
    expect(first.errcode).toBe(0)
    expect(BigInt(first.msgid) > 2n ** 53n).toBe(true)
    expect((await sendTo(one, { client_msg_id: 'k1' })).msgid).toEqual(first.msgid)
    expect(await world.received(one, 'template')).toHaveLength(1)
    await world.forward(10 * MINUTE + 1_000)
    expect((await sendTo(one, { client_msg_id: 'k1' })).msgid).not.toEqual(first.msgid)
    const gone = world.fan()
    await world.act(gone, 'unfollow')
    expect((await sendTo(gone)).errcode).toBe(43004)
  })

  test.each([
    ['a phone number with letters', { time4: { value: '25:00' } }, 'time4'],
    ['a day that is none', { time4: { value: '2026-02-30 10:00' } }, 'time4'],
    ['Chinese in a character string', { character_string1: { value: '单号' } }, 'character_string1'],
    ['an amount without a number', { amount3: { value: '很多' } }, 'amount3'],
    ['nothing', { thing2: { value: '' } }, 'thing2'],
  ])('%s is refused with the name of the field', async (_name, wrong, key) => {
    const answer = await sendTo(world.fan(), { data: { ...data, ...wrong } })
    expect(answer.errcode).toBe(47003)
    expect(answer.errmsg).toContain(`data.${key}.value`)
  })

  test('what is too long is cut with an ellipsis', async () => {
    const one = world.fan()
    await sendTo(one, { data: { ...data, thing2: { value: '拿'.repeat(21) } } })
    const [{ content }] = await world.received(one, 'template')
    expect(content.data.thing2).toBe(`${'拿'.repeat(19)}…`)
  })

  test('a template that was deleted, or never was, is refused; old ones can’t be added', async () => {
    const { template_id } = await world.brand.post('/cgi-bin/template/api_add_template', {
      template_id_short: '43355',
      keyword_name_list: [],
    })
    expect((await sendTo(world.fan(), { template_id, data: { thing1: { value: 'a' } } })).errcode).toBe(47003)
    await world.brand.post('/cgi-bin/template/del_private_template', { template_id })
    expect((await sendTo(world.fan(), { template_id })).errcode).toBe(40037)
    const old = await world.brand.post('/cgi-bin/template/api_add_template', {
      template_id_short: 'OPENTM200',
      keyword_name_list: [],
    })
    expect(old.errcode).toBe(40037)
  })

  test('the industry changes once a month', async () => {
    const set = (id: string) =>
      world.brand
        .post('/cgi-bin/template/api_set_industry', { industry_id1: id, industry_id2: '4' })
        .then((answer) => answer.errcode)
    expect([await set('1'), await set('2'), await set('99')]).toEqual([0, 43100, 40035])
  })
})

describe('F7: subscription notifications', () => {
  const templates = async () => (await world.brand.get('/wxaapi/newtmpl/gettemplate')).data
  const answer = (openid: string, templateId: string, accept: boolean) =>
    world.act(openid, 'subscribe', { popup: 'h5', answers: [{ templateId, accept }] })
  const notice = (openid: string, templateId: string, more: JsonObject = {}) =>
    world.brand.post('/cgi-bin/message/subscribe/bizsend', {
      touser: openid,
      template_id: templateId,
      data: {
        thing1: { value: '会员日' },
        date2: { value: '2026年11月25日' },
        thing3: { value: '见' },
        ...more,
      },
    })

  test('one acceptance is one notification, also for who does not follow; refusing ends it', async () => {
    const [{ priTmplId }] = await templates()
    const one = world.fan()
    expect((await notice(one, priTmplId)).errcode).toBe(43101)
    await answer(one, priTmplId, true)
    await world.act(one, 'unfollow')
    expect((await notice(one, priTmplId)).errcode).toBe(0)
    expect((await world.received(one, 'subscription'))[0].content.where).toBe('notices')
    expect((await notice(one, priTmplId)).errcode).toBe(43101)
    await answer(one, priTmplId, true)
    await answer(one, priTmplId, true)
    await world.act(one, 'unsubscribe-template', { templateId: priTmplId })
    expect((await notice(one, priTmplId)).errcode).toBe(43101)
  })

  test('a failed one is not spent', async () => {
    const failing = await world.account({ fans: 3, rates: { ...STILL, noticeFailed: 1 } })
    const openid = failing.openids[0] as string
    const [{ priTmplId }] = (await failing.get('/wxaapi/newtmpl/gettemplate')).data
    await world.control('POST', '/act', {
      appid: failing.appid,
      openid,
      action: 'subscribe',
      answers: [{ templateId: priTmplId, accept: true }],
    })
    const bizsend = () =>
      failing.post('/cgi-bin/message/subscribe/bizsend', {
        touser: openid,
        template_id: priTmplId,
        data: { thing1: { value: 'a' }, date2: { value: '2026-11-25' }, thing3: { value: 'b' } },
      })
    expect((await bizsend()).errcode).toBe(0)
    expect((await bizsend()).errcode).toBe(43101)
    await world.forward(3_000)
    await world.settle()
    expect((await bizsend()).errcode).toBe(0)
  })

  test('over-long values are refused, overlapping calls for one openid as well', async () => {
    const [{ priTmplId }] = await templates()
    const one = world.fan()
    await answer(one, priTmplId, true)
    await answer(one, priTmplId, true)
    expect((await notice(one, priTmplId, { thing1: { value: '长'.repeat(21) } })).errcode).toBe(47003)
    const delay = (latencyMs: number) =>
      world.control('PATCH', `/accounts/${world.brand.appid}`, { settings: { latencyMs } })
    // the first is still under way when the second comes
    await delay(500)
    expect((await codes([notice(one, priTmplId), notice(one, priTmplId)])).toSorted()).toEqual([0, 43108])
    await delay(0)
  })

  test('templates come from the public library, 2 to 5 keywords', async () => {
    const { data } = await world.brand.get('/wxaapi/newtmpl/getpubtemplatetitles?ids=612&start=0&limit=30')
    expect(data).toHaveLength(3)
    const keywords = await world.brand.get(`/wxaapi/newtmpl/getpubtemplatekeywords?tid=${data[0].tid}`)
    const add = (kidList: number[]) =>
      world.brand.post('/wxaapi/newtmpl/addtemplate', {
        tid: String(data[0].tid),
        kidList,
        sceneDesc: '会员日',
      })
    expect((await add([keywords.data[0].kid])).errcode).toBe(200016)
    const { priTmplId } = await add([1, 2])
    expect((await templates()).some((one: JsonObject) => one['priTmplId'] === priTmplId)).toBe(true)
    expect((await world.brand.post('/wxaapi/newtmpl/deltemplate', { priTmplId })).errcode).toBe(0)
  })
})
