import { setTimeout as wait } from 'node:timers/promises'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { controlRoutes } from './control/routes.ts'
import type { Fault } from './faults/faults.ts'
import type { Endpoint, Request, UploadedFile } from './official-account/call.ts'
import { forgetTokens } from './official-account/credentials/tokens.ts'
import { dispatch, type Incoming, type Outgoing, refused } from './official-account/dispatch.ts'
import { LARGEST_UPLOAD } from './official-account/material/kinds.ts'
import { Refusal } from './official-account/refusal.ts'
import { ENDPOINTS } from './official-account/routes.ts'
import { pageRoutes } from './phone/routes.ts'
import type { Sweeper } from './sweeper.ts'
import type { World } from './world.ts'

const JSON_TYPE = 'application/json; encoding=utf-8'
const LARGEST_JSON = 4 * 1024 * 1024
const HANG_MS = 60_000

export type Tls = { key: string; cert: string }

/** One HTTP face of the platform; the TLS port is a second one over the same world. */
export async function buildServer(world: World, sweeper: Sweeper, tls?: Tls): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: LARGEST_JSON,
    forceCloseConnections: true,
    ...(tls ? { https: tls } : {}),
  }) as unknown as FastifyInstance
  await app.register(multipart)
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, payload, done) => done(null, payload))

  for (const endpoint of ENDPOINTS)
    app.route({
      method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'],
      url: endpoint.path,
      handler: (request, reply) => answer(world, endpoint, request, reply),
    })
  await app.register(async (control) => controlRoutes(control, world, sweeper), { prefix: '/control' })
  pageRoutes(app, world)
  app.setNotFoundHandler(async (request, reply) => {
    if (!/^\/(cgi-bin|datacube|wxa|wxaapi|sns|customservice)\//.test(request.url))
      return reply.code(404).send('404 page not found')
    const incoming = { url: request.url, rawBody: '', ip: request.ip }
    return send(reply, await refused(world, new Refusal(40066), incoming, {}))
  })
  app.setErrorHandler(async (error, request, reply) => {
    world.log.warn({ err: error }, 'a request to the simulated platform was malformed')
    const incoming = { url: request.url, rawBody: '', ip: request.ip }
    return send(reply, await refused(world, new Refusal(47001), incoming, {}))
  })
  return app
}

async function answer(
  world: World,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const incoming: Incoming = {
    method: request.method,
    url: request.url,
    ip: request.ip,
    query: firstValues(request.query),
    rawBody: Buffer.isBuffer(request.body) ? request.body.toString() : '',
    upload: request.isMultipart() ? await readUpload(request) : undefined,
  }
  const faults = await strike(world, endpoint, incoming)
  for (const fault of faults) {
    if (fault.kind === 'latency') await wait(fault.ms ?? 1_000)
    if (fault.kind === 'token-expired' || fault.kind === 'token-revoked')
      await endToken(world, fault, incoming)
  }
  const first = (kind: Fault['kind']): Fault | undefined => faults.find((fault) => fault.kind === kind)
  if (first('down')) return cut(request, reply)
  if (first('http-500'))
    return reply.code(500).type('text/html').send('<html><body>500 Internal Error</body></html>')
  const refusal = first('busy') ? new Refusal(-1) : refusalOf(first('error'))
  if (refusal) return send(reply, await refused(world, refusal, incoming, {}))
  const outgoing = await dispatch(world, endpoint, incoming)
  const hang = first('timeout-after-work')
  if (!hang) return send(reply, outgoing)
  await wait(hang.ms ?? HANG_MS, undefined, { ref: false })
  return cut(request, reply)
}

const refusalOf = (fault: Fault | undefined): Refusal | undefined =>
  fault && new Refusal(fault.errcode ?? -1, fault.errmsg)

function cut(request: FastifyRequest, reply: FastifyReply): undefined {
  reply.hijack()
  request.raw.socket.destroy()
}

function send(reply: FastifyReply, outgoing: Outgoing): FastifyReply {
  if ('body' in outgoing) return reply.type(JSON_TYPE).send(outgoing.body)
  const { bytes, contentType, filename } = outgoing.binary
  const name = encodeURIComponent(filename)
  return reply.header('content-disposition', `attachment; filename="${name}"`).type(contentType).send(bytes)
}

async function strike(world: World, endpoint: Endpoint, incoming: Incoming): Promise<Fault[]> {
  if (world.faults.list().length === 0) return []
  const struck = await world.faults.strike(endpoint.path, await appidOf(world, incoming))
  return struck.filter((fault) => fault.kind !== 'drop-callback' && fault.kind !== 'repeat-callback')
}

async function appidOf(world: World, { query, rawBody }: Incoming): Promise<string | undefined> {
  if (query['appid']) return query['appid']
  const row = await world.db.row<{ appid: string }>(
    'select appid from token join account on account.id = account_id where token = $1',
    [query['access_token'] ?? ''],
  )
  return row?.appid ?? /"appid"\s*:\s*"([^"]+)"/.exec(rawBody)?.[1]
}

/** Ends the caller's token for good, so that only a new one helps. */
async function endToken(world: World, fault: Fault, { query }: Incoming): Promise<void> {
  const now = world.clock.now()
  forgetTokens(world)
  await world.db.run(
    'update token set expires_at = least(expires_at, $2), replaced_at = coalesce(replaced_at, $3) where token = $1',
    [query['access_token'] ?? '', now, fault.kind === 'token-revoked' ? now : null],
  )
}

const firstValues = (query: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query as Record<string, string | string[]>).map(([name, value]) => [
      name,
      Array.isArray(value) ? (value[0] ?? '') : value,
    ]),
  )

async function readUpload(request: FastifyRequest): Promise<Pick<Request, 'file' | 'fields'>> {
  const fields: Record<string, string> = {}
  let file: UploadedFile | undefined
  for await (const part of request.parts({
    limits: { fileSize: LARGEST_UPLOAD + 1, files: 4, fields: 20 },
  })) {
    if (part.type === 'field') {
      fields[part.fieldname] = String(part.value)
      continue
    }
    const chunks: Buffer[] = []
    for await (const chunk of part.file) chunks.push(chunk as Buffer)
    const read = {
      filename: part.filename ?? '',
      contentType: part.mimetype,
      bytes: Buffer.concat(chunks),
      truncated: part.file.truncated,
    }
    if (part.fieldname === 'media') file = read
  }
  return { file, fields }
}
