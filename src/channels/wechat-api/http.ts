import { type Dispatcher, type FormData, Pool } from 'undici'
import type { Guard } from './guard.ts'
import { lostCall, strangeAnswer } from './wechat-error.ts'

export type HttpRequest = {
  method: 'GET' | 'POST'
  /** Without query. */
  path: string
  query?: Record<string, string | undefined>
  body?: string | FormData
  timeoutMs?: number
  /** Largest answer in bytes. */
  maxBytes?: number
}
export type HttpAnswer = { status: number; contentType: string; disposition: string; bytes: Buffer }

export type Http = {
  /** Sends to `baseUrls[0]`; the next is tried only when a host can't be reached at all. Throws WechatError. */
  send(baseUrls: readonly string[], request: HttpRequest): Promise<HttpAnswer>
  /** A file at an address that the platform handed us, without token and query of ours; redirects are not followed. */
  fetch(url: string, bounds: { timeoutMs: number; maxBytes: number }): Promise<HttpAnswer>
  close(): Promise<void>
}

const TIMEOUT_MS = 15_000
/** A page of 20 drafts with 8 articles of 20,000 characters is 10 MB. */
const MAX_BYTES = 32 * 1_048_576

/** One pool of connections per host, shared by all accounts. `connections`: rate × latency × 1.5, at most 256. */
export function createHttp({ guard, connections = 256 }: { guard: Guard; connections?: number }): Http {
  const pools = new Map<string, Pool>()
  const poolOf = (origin: string): Pool => {
    const pool = pools.get(origin) ?? new Pool(origin, { connections, connect: { timeout: 5_000 } })
    pools.set(origin, pool)
    return pool
  }
  return {
    async send(baseUrls, request) {
      for (const baseUrl of baseUrls) guard.check(baseUrl)
      for (const [index, baseUrl] of baseUrls.entries()) {
        try {
          return await sendOnce(poolOf(new URL(baseUrl).origin), new URL(baseUrl).pathname, request)
        } catch (error) {
          if (neverLeft(error) && index < baseUrls.length - 1) continue
          throw asLostCall(request, error)
        }
      }
      throw lostCall(request.path, 'no host is configured', false)
    },
    async fetch(url, bounds) {
      await guard.checkGiven(url)
      const { origin, pathname, search } = new URL(url)
      const pool = new Pool(origin, { connections: 1, connect: { timeout: 5_000 } })
      try {
        const answer = await sendOnce(pool, '', { method: 'GET', path: `${pathname}${search}`, ...bounds })
        if (answer.status !== 200)
          throw strangeAnswer(pathname, `the file was answered with ${answer.status}`)
        return answer
      } catch (error) {
        throw asLostCall({ method: 'GET', path: pathname }, error)
      } finally {
        await pool.destroy()
      }
    },
    async close() {
      const open = [...pools.values()]
      pools.clear()
      await Promise.all(open.map((pool) => pool.close()))
    },
  }
}

async function sendOnce(pool: Pool, prefix: string, request: HttpRequest): Promise<HttpAnswer> {
  const { method, path, query = {}, body, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = request
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value)
  const queryString = search.size > 0 ? `?${search}` : ''
  const answer = await pool.request({
    method,
    path: `${prefix.replace(/\/$/, '')}${path}${queryString}`,
    body: body ?? null,
    headers: typeof body === 'string' ? { 'content-type': 'application/json; charset=utf-8' } : {},
    signal: AbortSignal.timeout(timeoutMs),
  })
  const header = (name: string) => String(answer.headers[name] ?? '')
  return {
    status: answer.statusCode,
    contentType: header('content-type'),
    disposition: header('content-disposition'),
    bytes: await readBounded(answer.body, path, maxBytes),
  }
}

async function readBounded(
  body: Dispatcher.ResponseData['body'],
  path: string,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    // Leaving the loop destroys the body and its connection.
    if (size > maxBytes) throw strangeAnswer(path, `the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

const beforeSending = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
])

/** True only where the request can't have reached anybody: no connection, or none that is trusted. */
function neverLeft(error: unknown): boolean {
  const code = codeOf(error)
  return beforeSending.has(code) || /^ERR_TLS|^ERR_SSL|CERT|UNABLE_TO_VERIFY/.test(code)
}

function asLostCall({ path }: HttpRequest, error: unknown): Error {
  if (error instanceof Error && error.name === 'WechatError') return error
  const timedOut = error instanceof Error && error.name === 'TimeoutError'
  const what = timedOut ? 'timed out' : codeOf(error) || 'the connection broke'
  return lostCall(path, what, !neverLeft(error), error)
}

function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: unknown[] }
  if (typeof code === 'string') return code
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : ''
}
