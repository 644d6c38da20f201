import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  answerCallback,
  type CallbackQuery,
  type CallbackSecrets,
  type OpenedCallback,
  openCallback,
  verifyEcho,
} from '../../channels/wechat-api/callback.ts'
import { isPublicAddress } from '../../channels/wechat-api/guard.ts'
import type { Ctx } from '../../context.ts'
import { answersGiven, callbacksReceived } from '../../infra/metrics.ts'
import { forbidden, notFound } from '../../kernel/errors.ts'
import {
  type CallbackCredentials,
  findByCallbackKey,
  touchCallback,
  withEachSecret,
} from '../accounts/index.ts'
import { answerAgain, onOwnConnections } from './answers.ts'
import { registerPreflight } from './collect/http.ts'
import { collectionPaths } from './collect/schema.ts'
import { type Ingested, ingestCallback } from './ingest.ts'
import { receiveCallbackEndpoint } from './schema.ts'

const BODY_TYPE = 'application/x-weida-incoming'
const TOUCH_EVERY_MS = 60_000

/**
 * Hands the bodies of what comes in over as the bytes that came, whatever type they claim to be: signatures cover text,
 * the app's JSON reader would lose ids beyond 2^53, and a closing page sends JSON as text/plain. Answers browsers that
 * ask whether a page may send. Call it once, before the routes.
 */
export function registerIncoming(app: FastifyInstance): void {
  app.addContentTypeParser(BODY_TYPE, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.method === 'POST' && RAW.has(request.routeOptions.url ?? '')) {
      request.headers['content-type'] = BODY_TYPE
    }
    done()
  })
  registerPreflight(app)
}

const RAW = new Set([receiveCallbackEndpoint.path, ...collectionPaths])

/** 服务器地址验证: answers WeChat's check with its own text. */
export async function answerEcho(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const credentials = await findCredentials(ctx, request)
  const query = queryOf(request)
  const echo = refusing(() => withEachSecret(credentials, (secrets) => verifyEcho(query, secrets)))
  await touchCallback(ctx, credentials.account.id, { echo: true })
  return reply.type('text/plain; charset=utf-8').send(echo)
}

/** Verifies, decrypts and reads a push, and answers once it is stored. Nothing of a refused one is kept. */
export async function receive(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const credentials = await findCredentials(ctx, request)
  const query = queryOf(request)
  const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
  const { opened, secrets } = refusing(() =>
    withEachSecret(credentials, (given) => ({ opened: openCallback(query, body, given), secrets: given })),
  )
  const ingested = await ingestCallback(ctx, credentials.account.id, opened.callback)
  callbacksReceived.inc({ outcome: ingested.outcome })
  touchNow(ctx, credentials.account.id)
  const sealed = await answerFor(ctx, ingested, { opened, secrets })
  if (sealed !== null) return reply.type('text/xml; charset=utf-8').send(sealed)
  return reply.type('text/plain; charset=utf-8').send('success')
}

type Opening = { opened: OpenedCallback; secrets: CallbackSecrets }

/** The passive reply, sealed as the push was; a repeat gets the one that the first push got. */
async function answerFor(
  ctx: Ctx,
  { outcome, ref, push, reply }: Ingested,
  { opened, secrets }: Opening,
): Promise<string | null> {
  if (ref === null) return null
  const given = outcome === 'stored' ? reply : await answerAgain(ctx, push, ref)
  answersGiven.inc({ outcome: given === null ? 'later' : 'passive' })
  return given === null ? null : answerCallback(opened, given, { secrets, at: ctx.clock.now() })
}

async function findCredentials(ctx: Ctx, request: FastifyRequest): Promise<CallbackCredentials> {
  // A sandbox has no business with the real WeChat, and its secrets are anybody's.
  if (ctx.mode === 'sandbox' && isPublicAddress(request.ip)) {
    callbacksReceived.inc({ outcome: 'refused' })
    throw forbidden('sandbox_public_callback', 'a sandbox takes callbacks of its own simulator only')
  }
  const { key } = request.params as { key: string }
  const credentials = await findByCallbackKey(onOwnConnections(ctx), key)
  if (credentials !== undefined) return credentials
  callbacksReceived.inc({ outcome: 'refused' })
  throw notFound('callback address')
}

function refusing<T>(verify: () => T): T {
  try {
    return verify()
  } catch (error) {
    callbacksReceived.inc({ outcome: 'refused' })
    throw error
  }
}

/** A parameter given twice is none: which of the two was signed nobody knows. */
function queryOf(request: FastifyRequest): CallbackQuery {
  const query = request.query as Record<string, unknown>
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : undefined)
  return {
    signature: text('signature'),
    msg_signature: text('msg_signature'),
    timestamp: text('timestamp'),
    nonce: text('nonce'),
    encrypt_type: text('encrypt_type'),
    echostr: text('echostr'),
  }
}

const touched = new WeakMap<Ctx['pool'], Map<string, number>>()

/** Off the request's path, and at most once a minute per account and process. */
function touchNow(ctx: Ctx, accountId: string): void {
  const seen = touched.get(ctx.pool) ?? new Map<string, number>()
  touched.set(ctx.pool, seen)
  const now = performance.now()
  if (now - (seen.get(accountId) ?? -TOUCH_EVERY_MS) < TOUCH_EVERY_MS) return
  seen.set(accountId, now)
  touchCallback(ctx, accountId, { echo: false }).catch((error: Error) => {
    seen.delete(accountId)
    ctx.log.warn({ err: error, accountId }, 'could not note that a callback came')
  })
}
