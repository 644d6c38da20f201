import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A message that reached the platform; `at` by this machine's clock, in milliseconds. */
export type Reached = { path: string; openid: string; key: string | null; at: number; done: boolean }

/**
 * What one call meets. `done`: whether the fan has it all the same, as where only the answer is lost. `hang` never answers,
 * `cut` breaks the connection.
 */
export type Behaviour =
  | { answer: object; ms?: number; done?: boolean }
  | { raw: string; status?: number; ms?: number; done?: boolean }
  | { hang: true; done?: boolean }
  | { cut: true; done?: boolean }

export type Recorder = {
  url: string
  /** The simulator, for everything that is no message. */
  behind: string
  reached: Reached[]
  /** Lets the simulator take the messages as well, and judge. */
  pass: boolean
  /** Called for each message; what it gives back is done, undefined: taken after 2 ms. */
  behave: (message: Reached, nth: number) => Behaviour | undefined
  /** How often each fan has received a message. */
  received(): Map<string, number>
  /** Begins anew. */
  clear(): void
  /** Refuses connections until told otherwise. */
  shut(): Promise<void>
  open(): Promise<void>
  close(): Promise<void>
}

const SENDS = [
  '/cgi-bin/message/custom/send',
  '/cgi-bin/message/template/send',
  '/cgi-bin/message/subscribe/bizsend',
]

/**
 * Stands before the simulator and takes the sends itself: to see to the millisecond what reaches the platform, and to
 * misbehave in ways a fault switch has no name for. Everything else is the simulator's.
 */
export async function startRecorder(): Promise<Recorder> {
  const reached: Reached[] = []
  const keys = new Set<string>()
  let port = 0
  const recorder: Recorder = {
    url: '',
    behind: '',
    reached,
    pass: false,
    behave: () => undefined,
    received() {
      const times = new Map<string, number>()
      for (const one of reached) if (one.done) times.set(one.openid, (times.get(one.openid) ?? 0) + 1)
      return times
    },
    clear() {
      reached.length = 0
      keys.clear()
      recorder.pass = false
      recorder.behave = () => undefined
    },
    async shut() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    async open() {
      server = createServer(handle)
      await listen()
    },
    close: () => recorder.shut(),
  }
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void take(request, response).catch(() => response.destroy())

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request)
    const path = (request.url ?? '').split('?')[0] as string
    if (!SENDS.includes(path)) return forward(request, response, body)
    const { touser, client_msg_id: key } = JSON.parse(body.toString()) as {
      touser: string
      client_msg_id?: string
    }
    const one: Reached = {
      path,
      openid: touser,
      key: key ?? null,
      at: performance.timeOrigin + performance.now(),
      done: false,
    }
    const known = key !== undefined && keys.has(`${touser} ${key}`)
    reached.push(one)
    if (recorder.pass) return forward(request, response, body)
    const behaviour = recorder.behave(one, reached.length) ?? { answer: okay(path, reached.length), ms: 2 }
    const takes =
      'answer' in behaviour ? Number((behaviour.answer as { errcode?: number }).errcode ?? 0) === 0 : false
    one.done = !known && (behaviour.done ?? takes)
    if (one.done && key !== undefined) keys.add(`${touser} ${key}`)
    if ('hang' in behaviour) return
    if ('cut' in behaviour) return void request.socket.destroy()
    await delay(behaviour.ms ?? 0)
    response.writeHead('status' in behaviour ? (behaviour.status ?? 200) : 200, {
      'content-type': 'application/json',
    })
    response.end('raw' in behaviour ? behaviour.raw : JSON.stringify(behaviour.answer))
  }

  async function forward(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const answer = await fetch(`${recorder.behind}${request.url}`, {
      method: request.method ?? 'GET',
      ...(body.length > 0 && { body: new Uint8Array(body) }),
      headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
    })
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
    })
    response.end(Buffer.from(await answer.arrayBuffer()))
  }

  const listen = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port
        recorder.url = `http://127.0.0.1:${port}`
        resolve()
      })
    })
  let server = createServer(handle)
  await listen()
  return recorder
}

const okay = (path: string, nth: number) => ({
  errcode: 0,
  errmsg: 'ok',
  ...(path.includes('template') && { msgid: 24_000_000_000_000 + nth }),
})

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
