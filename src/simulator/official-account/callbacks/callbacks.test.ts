import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { XMLParser } from 'fast-xml-parser'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../../tests/support/index.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'
import { decrypt, encrypt, sign } from './cipher.ts'

type Pushed = { query: URLSearchParams; body: string; xml: Record<string, unknown> }
type Reply = (pushed: Pushed) => string | number | null

const TOKEN = 'demoToken01'
const AES_KEY = 'QmV0YUdhbW1hRGVsdGFFcHNpbG9uWmV0YUV0YVRoZXQ'
const parser = new XMLParser({ parseTagValue: false })

let world: TestWorld
let account: TestAccount
let receiver: Server
let pushed: Pushed[]
let reply: Reply

beforeAll(async () => {
  world = await startTestWorld()
  receiver = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://here').searchParams
    if (request.method === 'GET') return response.end(query.get('echostr'))
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const one = { query, body, xml: parser.parse(body).xml }
      pushed.push(one)
      const answer = reply(one)
      // null: never answered, the connection stays open until the platform cuts it.
      if (answer === null) return
      if (typeof answer === 'number') response.statusCode = answer
      response.end(typeof answer === 'string' ? answer : '')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => receiver.once('listening', resolve))
})
afterAll(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await world.close()
})
beforeEach(() => {
  pushed = []
  reply = () => 'success'
})
afterEach(() => world.control('DELETE', '/faults'))

const url = (): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/callbacks?x=1`
const open = async (mode: string) => {
  account = await world.account({ fans: 10, callback: { url: url(), token: TOKEN, aesKey: AES_KEY, mode } })
}
const act = (action: string, more: object = {}) =>
  world.control('POST', '/act', { appid: account.appid, openid: account.openids[0], action, ...more })
const next = async (count = 1): Promise<Pushed> => {
  await until(() => pushed.length >= count, { what: `${count} pushes`, timeoutMs: 20_000 })
  return pushed[count - 1]!
}
const chat = async () =>
  (await world.control('GET', `/chat?appid=${account.appid}&openid=${account.openids[0]}`)).items

describe('modes', () => {
  test('plain: signed, the openid in the query, everything legible', async () => {
    await open('plain')
    await act('text', { content: '你好 <b>&' })
    const { query, xml } = await next()
    expect(query.get('x')).toBe('1')
    expect(query.get('openid')).toBe(account.openids[0])
    expect(query.get('signature')).toBe(sign(TOKEN, query.get('timestamp')!, query.get('nonce')!))
    expect(query.has('encrypt_type')).toBe(false)
    expect(xml).toMatchObject({ FromUserName: account.openids[0], MsgType: 'text', Content: '你好 <b>&' })
    expect(BigInt(String(xml['MsgId'])) > 2n ** 53n).toBe(true)
  })

  test('safe: nothing but the cipher', async () => {
    await open('safe')
    await act('text', { content: '秘密' })
    const { query, xml, body } = await next()
    expect(Object.keys(xml)).toEqual(['ToUserName', 'Encrypt'])
    expect(body).not.toContain('秘密')
    const cipher = String(xml['Encrypt'])
    expect(query.get('encrypt_type')).toBe('aes')
    expect(query.get('msg_signature')).toBe(sign(TOKEN, query.get('timestamp')!, query.get('nonce')!, cipher))
    const inner = parser.parse(decrypt(cipher, { aesKey: AES_KEY, appid: account.appid }) ?? '').xml
    expect(inner).toMatchObject({ MsgType: 'text', Content: '秘密' })
  })

  test('compat: clear and sealed side by side', async () => {
    await open('compat')
    await act('unfollow')
    const { xml } = await next()
    expect(xml).toMatchObject({ MsgType: 'event', Event: 'unsubscribe', EventKey: '' })
    const inner = parser.parse(
      decrypt(String(xml['Encrypt']), { aesKey: AES_KEY, appid: account.appid }) ?? '',
    ).xml
    expect(inner['Event']).toBe('unsubscribe')
  })

  test('following by a QR code tells its scene', async () => {
    await open('plain')
    await act('unfollow')
    await act('follow', { qrScene: 'shop-7' })
    await next(2)
    // two pushes at once arrive in any order
    expect(pushed.map(({ xml }) => xml)).toContainEqual(
      expect.objectContaining({ Event: 'subscribe', EventKey: 'qrscene_shop-7' }),
    )
  })

  test('saving an address asks for the echo', async () => {
    await open('safe')
    const verify = () => world.control('POST', `/accounts/${account.appid}/callback/verify`)
    expect(await verify()).toEqual({ ok: true, problem: null })
    await world.control('PATCH', `/accounts/${account.appid}`, {
      callback: { url: `${world.sim().url}/nowhere`, token: TOKEN, aesKey: AES_KEY, mode: 'safe' },
    })
    expect((await verify()).ok).toBe(false)
  })
})

describe('delivery', () => {
  test('three attempts in all, the same to the byte; then the fan is told', async () => {
    await open('safe')
    reply = () => 500
    await act('text', { content: '在吗' })
    await next(3)
    await world.settle()
    expect(pushed).toHaveLength(3)
    expect(new Set(pushed.map((one) => `${one.query} ${one.body}`)).size).toBe(1)
    expect(await chat()).toMatchObject([{ from: 'fan', unserved: true }])
  })

  test('an answer within 5 s is awaited, no longer', async () => {
    await open('plain')
    reply = () => (pushed.length === 1 ? null : 'success')
    const startedAt = Date.now()
    await act('text', { content: '在吗' })
    await next(2)
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(5_000)
    await world.settle()
    expect(pushed).toHaveLength(2)
    expect(await chat()).toMatchObject([{ unserved: false }])
  })

  test('what waits survives a stop and goes out after the next start', async () => {
    await open('plain')
    reply = () => 500
    await act('unfollow')
    await next()
    await world.restart()
    reply = () => 'success'
    await next(2)
    await world.settle()
    expect(pushed[1]!.body).toBe(pushed[0]!.body)
  })

  test('dropped and repeated on request', async () => {
    await open('plain')
    await world.control('PUT', '/faults', [{ kind: 'drop-callback', remaining: 1 }])
    await act('unfollow')
    await world.settle()
    expect(pushed).toHaveLength(0)
    await world.control('PUT', '/faults', [{ kind: 'repeat-callback', remaining: 1 }])
    await act('follow')
    await next(2)
    await world.settle()
    expect(pushed).toHaveLength(2)
    expect(pushed[0]!.body).toBe(pushed[1]!.body)
  })
})

describe('passive replies', () => {
  const message = (more: string) =>
    `<xml><ToUserName><![CDATA[${account.openids[0]}]]></ToUserName><FromUserName><![CDATA[${ghId()}]]></FromUserName><CreateTime>1</CreateTime>${more}</xml>`
  const ghId = () => String(pushed[0]?.xml['ToUserName'])
  const text = () => message('<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[您好]]></Content>')
  const seal = (clear: string, token = TOKEN) => {
    const cipher = encrypt(clear, { aesKey: AES_KEY, appid: account.appid })
    return `<xml><Encrypt>${cipher}</Encrypt><MsgSignature>${sign(token, '1', '2', cipher)}</MsgSignature><TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>`
  }
  const ask = async (mode: string, answer: () => string) => {
    await open(mode)
    reply = answer
    await act('text', { content: '在吗' })
    await next()
    await world.settle()
    return chat()
  }

  test.each(['plain', 'compat', 'safe'])('appear in the chat (%s)', async (mode) => {
    const items = await ask(mode, () => (mode === 'safe' ? seal(text()) : text()))
    expect(items).toMatchObject([
      { from: 'fan' },
      { from: 'account', kind: 'reply', content: { content: '您好' } },
    ])
  })

  test('with content that the platform would not show, the fan is told that nobody is there, and the push says why', async () => {
    await open('plain')
    reply = ({ xml }) =>
      `<xml><ToUserName>${xml['FromUserName']}</ToUserName><FromUserName>${xml['ToUserName']}</FromUserName><CreateTime>1</CreateTime><MsgType>image</MsgType><Image><MediaId>nobodys</MediaId></Image></xml>`
    await act('text', { content: '图片' })
    const pushes = () =>
      world.control('GET', `/pushes?appid=${account.appid}`).then(({ items }) => items as { state: string }[])
    await until(async () => (await pushes()).some(({ state }) => state === 'failed'), {
      what: 'the judgement',
    })
    expect(await pushes()).toMatchObject([
      {
        state: 'failed',
        attempts: 1,
        problem: 'image: no such media',
        answerMs: expect.any(Number),
        message: true,
      },
    ])
  })

  test('empty and success mean none', async () => {
    expect(await ask('safe', () => '')).toMatchObject([{ from: 'fan', unserved: false }])
  })

  test.each<[string, string, () => string]>([
    ['clear text in safe mode', 'safe', text],
    ['a wrong signature', 'safe', () => seal(text(), 'other')],
    ['no XML', 'plain', () => 'ok'],
    ['broken XML', 'plain', () => '<xml><a></xml>'],
    ['a message to somebody else', 'plain', () => text().replace(account.openids[0]!, 'o-other')],
    ['an unknown kind', 'plain', () => message('<MsgType>poem</MsgType>')],
    ['an entity', 'plain', () => `<!DOCTYPE a [<!ENTITY b "c">]>${text()}`],
  ])('%s is malformed: the fan is told that nobody serves', async (_name, mode, answer) => {
    expect(await ask(mode, answer)).toMatchObject([{ from: 'fan', unserved: true }])
    expect(pushed).toHaveLength(1)
  })
})

describe('results', () => {
  test('MASSSENDJOBFINISH of articles: counts, addresses, both containers', async () => {
    await open('safe')
    const media_id = await account.draft()
    const body = { touser: account.openids, msgtype: 'mpnews', mpnews: { media_id } }
    const { msg_id } = await account.post('/cgi-bin/message/mass/send', body)
    await account.finish(msg_id)
    const { xml } = await next()
    const clear = decrypt(String(xml['Encrypt']), { aesKey: AES_KEY, appid: account.appid }) ?? ''
    expect(clear).toContain(
      `<MsgID>${msg_id}</MsgID><Status><![CDATA[send success]]></Status><TotalCount>10</TotalCount>`,
    )
    expect(clear).toContain(
      '<FilterCount>10</FilterCount><SentCount>10</SentCount><ErrorCount>0</ErrorCount>',
    )
    const { CopyrightCheckResult, ArticleUrlResult } = parser.parse(clear).xml
    expect(CopyrightCheckResult).toMatchObject({
      Count: '1',
      CheckState: '1',
      ResultList: { item: { AuditState: '11' } },
    })
    expect((await fetch(ArticleUrlResult.ResultList.item.ArticleUrl)).status).toBe(200)
  })

  test('originality is told article by article: one may be sent as a reprint, one may not, one has passed', async () => {
    const original = { UserDeclareState: '1', AuditState: '11', OriginalArticleUrl: '', CanReprint: '0' }
    const allowed = {
      AuditState: '3',
      OriginalArticleUrl: 'https://mp.weixin.qq.com/s/theirs',
      OriginalArticleType: '2',
      CanReprint: '1',
      NeedShowReprintSource: '1',
    }
    const forbidden = { AuditState: '4', OriginalArticleType: '1', CanReprint: '0' }
    const cases = [
      { third: { auditState: 4 }, ignore: 1, status: 'err(30002)', checkState: '3', shown: forbidden },
      {
        third: { auditState: 0 },
        ignore: 0,
        status: 'err(30003)',
        checkState: '2',
        shown: { AuditState: '0' },
      },
      { third: {}, ignore: 1, status: 'send success', checkState: '2', shown: { AuditState: '11' } },
    ]
    await open('plain')
    for (const [index, { third, ignore, status, checkState, shown }] of cases.entries()) {
      const articles = [
        { declareState: 1 },
        { auditState: 3, canReprint: true, originalUrl: allowed.OriginalArticleUrl, originalType: 2 },
        third,
      ]
      await world.control('PATCH', `/accounts/${account.appid}`, { settings: { nextMass: [{ articles }] } })
      const { msg_id } = await account.post('/cgi-bin/message/mass/send', {
        touser: account.openids,
        msgtype: 'mpnews',
        mpnews: { media_id: await account.draft({}, {}, {}) },
        send_ignore_reprint: ignore,
      })
      expect((await account.finish(msg_id)).outcome).toBe(status)
      const { CopyrightCheckResult } = (await next(index + 1)).xml as Record<string, unknown>
      expect(CopyrightCheckResult).toMatchObject({
        Count: '3',
        CheckState: checkState,
        ResultList: {
          item: [original, allowed, shown].map((one, at) => ({ ArticleIdx: String(at + 1), ...one })),
        },
      })
    }
  })

  test('of a text: both containers are there and empty', async () => {
    await open('plain')
    const body = { touser: account.openids, msgtype: 'text', text: { content: '你好' } }
    await account.finish((await account.post('/cgi-bin/message/mass/send', body)).msg_id)
    expect((await next()).body).toContain(
      '<ArticleUrlResult><Count>0</Count><ResultList></ResultList></ArticleUrlResult>',
    )
  })

  test('PUBLISHJOBFINISH', async () => {
    await open('plain')
    await account.post('/cgi-bin/freepublish/submit', { media_id: await account.draft() })
    await world.forward(2_100)
    const { body } = await next()
    expect(body).toMatch(
      /<Event><!\[CDATA\[PUBLISHJOBFINISH\]\]><\/Event><PublishEventInfo><publish_id>\d+<\/publish_id><publish_status>0</,
    )
    expect(body).toMatch(/<article_detail><count>1<\/count><item><idx>1<\/idx><article_url><!\[CDATA\[http/)
  })

  test('callback/check knows its actions and operators', async () => {
    await open('plain')
    const check = (body: object) => account.post('/cgi-bin/callback/check', body)
    expect(await check({ action: 'all', check_operator: 'DEFAULT' })).toMatchObject({ dns: [{}], ping: [{}] })
    expect((await check({ action: 'call' })).errcode).toBe(40202)
    expect((await check({ action: 'dns', check_operator: 'X' })).errcode).toBe(40203)
    await world.control('PATCH', `/accounts/${account.appid}`, { callback: null })
    expect((await check({ action: 'dns' })).errcode).toBe(40201)
    expect((await account.get('/cgi-bin/getcallbackip')).ip_list).toEqual(['127.0.0.1'])
  })
})
