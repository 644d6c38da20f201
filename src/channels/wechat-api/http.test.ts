import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { done } from '../../wechat/payloads/api-call.ts'
import { listTags } from '../../wechat/payloads/tags.ts'
import { createOfficialAccountClient } from '../official-account/client.ts'
import { getTags } from '../official-account/tags.ts'
import { readAnswer } from './answer.ts'
import { createGuard } from './guard.ts'
import { createHttp, type Http, type HttpRequest } from './http.ts'
import type { TokenSource } from './token.ts'

/** Raw sockets make the faults that no well-behaved platform makes. */
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function listen(onRequest: (socket: Socket, text: string) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => onRequest(socket, data.toString('latin1')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}

/** An address that nothing listens on any more. */
async function deadAddress(): Promise<string> {
  const url = await listen(() => {})
  await open.pop()?.()
  return url
}

function httpFor(...urls: string[]): Http {
  const http = createHttp({ guard: createGuard({ mode: 'sandbox', simulatorUrls: urls }) })
  open.push(() => http.close())
  return http
}

const answer = (body: string, head = 'HTTP/1.1 200 OK') =>
  `${head}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const request: HttpRequest = { method: 'POST', path: '/cgi-bin/x', body: '{}', timeoutMs: 300 }
const send = async (urls: string[], more: Partial<HttpRequest> = {}) =>
  readAnswer(request.path, await httpFor(...urls).send(urls, { ...request, ...more }), done)

test('no connection: the call did not happen', async () => {
  await expect(send([await deadAddress()])).rejects.toMatchObject({
    name: 'WechatError',
    kind: 'busy',
    ambiguous: false,
  })
})

test('a cut connection or silence after the request was written: the call may have happened', async () => {
  const cut = await listen((socket) => socket.destroy())
  await expect(send([cut])).rejects.toMatchObject({ kind: 'busy', ambiguous: true })
  const silent = await listen(() => {})
  await expect(send([silent])).rejects.toMatchObject({ kind: 'busy', ambiguous: true, errmsg: 'timed out' })
  const halfway = await listen((socket) =>
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"errcode"'),
  )
  await expect(send([halfway])).rejects.toMatchObject({ kind: 'busy', ambiguous: true })
})

test.each([
  ['HTTP/1.1 500 Oops', '{}', 'busy', true],
  ['HTTP/1.1 502 Bad Gateway', '<html>', 'busy', true],
  ['HTTP/1.1 404 Not Found', '{}', 'unknown', false],
  ['HTTP/1.1 200 OK', '<html>welcome</html>', 'unknown', true],
  ['HTTP/1.1 200 OK', '[]', 'unknown', true],
  ['HTTP/1.1 200 OK', '{}', 'unknown', true],
  ['HTTP/1.1 200 OK', '{"errcode":-1,"errmsg":"system error"}', 'busy', true],
  ['HTTP/1.1 200 OK', '{"errcode":40003,"errmsg":"invalid openid"}', 'person', false],
  ['HTTP/1.1 200 OK', '{"errcode":"45009","errmsg":"reach max"}', 'quota-day', false],
  ['HTTP/1.1 200 OK', '{"errcode":76543,"errmsg":"new"}', 'unknown', true],
] as const)('%s with %s is of kind %s, ambiguous: %s', async (head, body, kind, ambiguous) => {
  const url = await listen((socket) => socket.write(answer(body, head)))
  await expect(send([url])).rejects.toMatchObject({ name: 'WechatError', kind, ambiguous })
})

test('an answer is bounded in size', async () => {
  const url = await listen((socket) => socket.write(answer('x'.repeat(1001))))
  await expect(send([url], { maxBytes: 1000 })).rejects.toMatchObject({ kind: 'unknown', ambiguous: true })
  const fits = await listen((socket) => socket.write(answer('{"errcode":0}')))
  await expect(send([fits], { maxBytes: 13 })).resolves.toEqual({ errcode: 0 })
})

test('the next host is tried when one can’t be reached, not when it may have done the work', async () => {
  let calls = 0
  const good = await listen((socket) => {
    calls++
    socket.write(answer('{"errcode":0}'))
  })
  await expect(send([await deadAddress(), good])).resolves.toEqual({ errcode: 0 })
  const cut = await listen((socket) => socket.destroy())
  await expect(send([cut, good])).rejects.toMatchObject({ ambiguous: true })
  expect(calls).toBe(1)
})

test('a host outside the guard gets no connection', async () => {
  let reached = false
  const url = await listen(() => {
    reached = true
  })
  const http = createHttp({ guard: createGuard({ mode: 'sandbox', simulatorUrls: ['http://127.0.0.1:1'] }) })
  await expect(http.send([url], request)).rejects.toMatchObject({ reason: 'real_host_in_sandbox' })
  expect(reached).toBe(false)
})

function tokens(...list: string[]): TokenSource & { refreshed: string[] } {
  const refreshed: string[] = []
  return {
    refreshed,
    get: async () => list[0]!,
    refresh: async (bad) => {
      refreshed.push(bad)
      return list[refreshed.length]!
    },
  }
}

test('a bad token is refreshed and the call repeated once, then it fails', async () => {
  const url = await listen((socket, text) =>
    socket.write(
      answer(text.includes('access_token=good') ? '{"tags":[]}' : '{"errcode":42001,"errmsg":"expired"}'),
    ),
  )
  const client = (source: TokenSource) =>
    createOfficialAccountClient({ http: httpFor(url), baseUrl: url, tokenSource: source })
  const mended = tokens('old', 'good')
  await expect(getTags(client(mended))).resolves.toEqual([])
  expect(mended.refreshed).toEqual(['old'])
  const hopeless = tokens('old', 'older', 'good')
  await expect(getTags(client(hopeless))).rejects.toMatchObject({ kind: 'token', errcode: 42001 })
  expect(hopeless.refreshed).toEqual(['old'])
})

test('no error shows the token', async () => {
  const url = await listen((socket) =>
    socket.write(answer('{"errcode":48001,"errmsg":"api unauthorized rid: 65f0-1a-2b"}')),
  )
  const client = createOfficialAccountClient({
    http: httpFor(url),
    baseUrl: url,
    tokenSource: tokens('SECRET-TOKEN'),
  })
  const error: unknown = await client.call(listTags, {}).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ kind: 'account', rid: '65f0-1a-2b', path: '/cgi-bin/tags/get' })
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('SECRET-TOKEN')
})

test('a token that could not be had leaves no doubt: the call was not made', async () => {
  const url = await listen((socket) => socket.destroy())
  const http = httpFor(url)
  const failing = () => http.send([url], { ...request, path: '/cgi-bin/stable_token' }).then(() => '')
  const client = createOfficialAccountClient({
    http,
    baseUrl: url,
    tokenSource: { get: failing, refresh: failing },
  })
  await expect(getTags(client)).rejects.toMatchObject({
    name: 'WechatError',
    kind: 'busy',
    ambiguous: false,
    path: '/cgi-bin/stable_token',
  })
})
