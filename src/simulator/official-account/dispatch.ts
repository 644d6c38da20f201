import { isObject, type JsonObject, parseJson, writeJson } from '../json.ts'
import type { World } from '../world.ts'
import type { Account } from './account.ts'
import { type Answer, type Authorised, Binary, type Endpoint, type Request } from './call.ts'
import { accountOfToken, rememberedAccount } from './credentials/tokens.ts'
import { newRid, Refusal, refuse } from './refusal.ts'

export type Incoming = {
  method: string
  url: string
  ip: string
  query: Record<string, string>
  rawBody: string
  upload?: Pick<Request, 'file' | 'fields'>
}

export type Outgoing = { body: string } | { binary: Binary }

/** Answers one call the way the platform does: whatever goes wrong is HTTP 200 with a code and a rid. */
export async function dispatch(world: World, endpoint: Endpoint, incoming: Incoming): Promise<Outgoing> {
  const startedAt = performance.now()
  let account: Account | undefined
  try {
    if (endpoint.method !== 'ANY' && incoming.method !== endpoint.method)
      refuse(endpoint.method === 'POST' ? 43002 : 43001)
    const request: Omit<Request, 'body'> = {
      world,
      now: world.clock.now(),
      ip: incoming.ip,
      query: incoming.query,
      file: incoming.upload?.file,
      fields: incoming.upload?.fields ?? {},
    }
    if (endpoint.token === false)
      return written(await endpoint.handle({ ...request, body: bodyOf(endpoint, incoming) }))
    const token = incoming.query['access_token']
    account = await (endpoint.quick ? rememberedAccount(world, token) : accountOfToken(world, token))
    admit(world, endpoint, account)
    return written(await endpoint.handle({ ...request, account, body: bodyOf(endpoint, incoming) }))
  } catch (error) {
    if (!(error instanceof Refusal))
      world.log.error({ err: error, path: endpoint.path }, 'simulated call failed')
    const refusal = error instanceof Refusal ? error : new Refusal(-1)
    return refused(world, refusal, incoming, { account, costMs: Math.round(performance.now() - startedAt) })
  }
}

function admit(world: World, endpoint: Authorised, account: Account): void {
  if (account.settings.standing === 'irregular') refuse(48004)
  if (endpoint.allow && !endpoint.allow(account)) refuse(48001)
  if (endpoint.counted !== false) world.usage.count(account, endpoint.path)
}

function bodyOf(endpoint: Endpoint, incoming: Incoming): JsonObject {
  if (endpoint.method === 'GET' || endpoint.body === 'multipart') return {}
  if (incoming.rawBody.trim() === '')
    return endpoint.method === 'ANY' || endpoint.emptyBody ? {} : refuse(44002)
  const escaped = /\\u[0-9a-fA-F]{4}/.test(incoming.rawBody)
  if (escaped && endpoint.unicodeEscapes === 'refuse')
    refuse(47002, 'do NOT use json unicode encode, please use utf8')
  // A zero character can't be kept anywhere.
  if (/\\u0000/.test(incoming.rawBody) && endpoint.unicodeEscapes !== 'literal') refuse(47001)
  // Doubling the backslash leaves the six characters in the text, which is what readers of such drafts see.
  const raw =
    escaped && endpoint.unicodeEscapes === 'literal'
      ? incoming.rawBody.replaceAll(/(?<!\\)((?:\\\\)*)\\u(?=[0-9a-fA-F]{4})/g, '$1\\\\u')
      : incoming.rawBody
  let body: unknown
  try {
    body = parseJson(raw)
  } catch {
    refuse(47001)
  }
  return isObject(body) ? body : refuse(47001)
}

const written = (answer: Answer): Outgoing =>
  answer instanceof Binary ? { binary: answer } : { body: writeJson(answer) }

/** Writes the refusal and remembers it, so that `openapi/rid/get` can tell about it for seven days. */
export async function refused(
  world: World,
  refusal: Refusal,
  incoming: Pick<Incoming, 'url' | 'rawBody' | 'ip'>,
  context: { account?: Account; costMs?: number },
): Promise<Outgoing> {
  const at = world.clock.now()
  const rid = newRid(at)
  const body = writeJson({
    errcode: refusal.errcode,
    errmsg: `${refusal.message} rid: ${rid}`,
    ...refusal.extra,
  })
  await world.db.run(
    `insert into request_record (rid, account_id, at, cost_ms, url, request_body, response_body, client_ip)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      rid,
      context.account?.id ?? null,
      at,
      context.costMs ?? 0,
      incoming.url.replace(/(access_token|secret|appsecret)=[^&]*/g, '$1=***'),
      storable(incoming.rawBody).slice(0, 2_000),
      body,
      incoming.ip,
    ],
  )
  return { body }
}

/** PostgreSQL text can't hold a zero character. */
const storable = (value: string): string => value.replaceAll('\u0000', '')
