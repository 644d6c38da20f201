import { createTestDatabase, until } from '../../tests/support/index.ts'
import { type Simulator, startSimulator } from './index.ts'
import { type JsonObject, parseJson, writeJson } from './json.ts'

export const SECRET = '0123456789abcdef0123456789abcdef'
// biome-ignore lint/suspicious/noExplicitAny: answers of the platform are read field by field in tests
type Answer = any

export type TestWorld = {
  sim: () => Simulator
  databaseUrl: string
  control: (method: string, path: string, body?: unknown) => Promise<Answer>
  /** A call without a token, or with the one it is given. */
  raw: (method: string, path: string, init?: { body?: string | FormData; token?: string }) => Promise<Answer>
  /** Makes an account and a way to call the platform as its owner. */
  account: (overrides?: JsonObject) => Promise<TestAccount>
  forward: (to: Date | number) => Promise<void>
  now: () => Promise<Date>
  /** Moves the clock until nothing is due before `to` (default: what is due now). */
  settle: () => Promise<void>
  restart: () => Promise<void>
  close: () => Promise<void>
}
export type TestAccount = {
  appid: string
  openids: string[]
  token: () => Promise<string>
  get: (path: string) => Promise<Answer>
  post: (path: string, body: unknown) => Promise<Answer>
  upload: (path: string, file: Uploaded) => Promise<Answer>
  /** The end of a mass send, reached by moving the clock to its due time. */
  finish: (msgId: string) => Promise<Answer>
  /** A draft of one article for each argument, or of one. */
  draft: (...articles: JsonObject[]) => Promise<string>
}
export type Uploaded = { bytes: Buffer; name?: string; part?: string; fields?: Record<string, string> }

let made = 0

/** A simulator of its own on a database of its own: for one test file. */
export async function startTestWorld(): Promise<TestWorld> {
  const database = await createTestDatabase({ empty: true })
  const start = (): Promise<Simulator> => startSimulator({ databaseUrl: database.url, port: 0, tlsPort: 0 })
  let simulator = await start()

  const raw: TestWorld['raw'] = async (method, path, { body, token } = {}) => {
    const query = token === undefined ? '' : `${path.includes('?') ? '&' : '?'}access_token=${token}`
    const response = await fetch(`${simulator.url}${path}${query}`, { method, body })
    const text = await response.text()
    try {
      return parseJson(text)
    } catch {
      return { status: response.status, text, type: response.headers.get('content-type') }
    }
  }
  const control: TestWorld['control'] = (method, path, body) =>
    raw(method, `/control${path}`, body === undefined ? {} : { body: JSON.stringify(body) })
  const now = async (): Promise<Date> => new Date((await control('GET', '/clock')).now)
  const forward = async (to: Date | number): Promise<void> => {
    const target = typeof to === 'number' ? new Date((await now()).getTime() + to) : to
    const answer = await control('POST', '/clock', { now: target.toISOString() })
    if (answer.error) throw new Error(answer.error)
  }
  const settle = async (): Promise<void> => {
    await until(async () => !(await control('GET', '/next-due')).busy, { what: 'the simulator being idle' })
  }
  const account: TestWorld['account'] = async (overrides = {}) => {
    made += 1
    const appid = `wx${String(made).padStart(16, '0')}`
    const wanted = {
      appid,
      secret: SECRET,
      kind: 'service',
      name: '测试号',
      ghId: `gh_${String(made).padStart(12, '0')}`,
      fans: 50,
      seed: made,
      drafts: 2,
      articles: 2,
      ...overrides,
    }
    const answer = await control('POST', '/accounts', wanted)
    if (answer.error) throw new Error(answer.error)
    return asOwner({ raw, control, forward, now }, appid)
  }
  return {
    sim: () => simulator,
    databaseUrl: database.url,
    control,
    raw,
    account,
    forward,
    now,
    settle,
    restart: async () => {
      await simulator.close()
      simulator = await start()
    },
    close: async () => {
      await simulator.close()
      await database.drop()
    },
  }
}

async function asOwner(
  { raw, control, forward, now }: Pick<TestWorld, 'raw' | 'control' | 'forward' | 'now'>,
  appid: string,
): Promise<TestAccount> {
  const token = async (): Promise<string> => {
    const body = JSON.stringify({ grant_type: 'client_credential', appid, secret: SECRET })
    return (await raw('POST', '/cgi-bin/stable_token', { body })).access_token
  }
  const get = async (path: string): Promise<Answer> => raw('GET', path, { token: await token() })
  const post = async (path: string, body: unknown): Promise<Answer> =>
    raw('POST', path, { body: typeof body === 'string' ? body : writeJson(body), token: await token() })
  const upload = async (path: string, { bytes, name = 'a.png', part = 'media', fields = {} }: Uploaded) => {
    const form = new FormData()
    for (const [field, value] of Object.entries(fields)) form.set(field, value)
    form.set(part, new Blob([new Uint8Array(bytes)]), name)
    return raw('POST', path, { body: form, token: await token() })
  }
  const finish = async (msgId: string): Promise<Answer> => {
    const find = async (): Promise<Answer> =>
      (await control('GET', `/mass?appid=${appid}`)).items.find((job: Answer) => job.msgId === String(msgId))
    const due = new Date((await find()).dueAt)
    if (due > (await now())) await forward(due)
    return until(
      async () => {
        const job = await find()
        return job.finishedAt ? job : undefined
      },
      { what: 'the end of the mass send' },
    )
  }
  const draft = async (...given: JsonObject[]): Promise<string> => {
    const covers = await post('/cgi-bin/material/batchget_material', { type: 'image', offset: 0, count: 1 })
    const thumb_media_id = covers.item[0].media_id
    const articles = (given.length === 0 ? [{}] : given).map((overrides) => ({
      title: '标题',
      content: '<p>正文</p>',
      thumb_media_id,
      ...overrides,
    }))
    return (await post('/cgi-bin/draft/add', { articles })).media_id
  }
  const fans = await control('GET', `/fans?appid=${appid}&limit=200`)
  const openids = fans.items.filter((fan: Answer) => fan.following).map((fan: Answer) => fan.openid)
  return { appid, openids, token, get, post, upload, finish, draft }
}
