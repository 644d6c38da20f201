import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import type { Ctx } from '../context.ts'
import { invalid } from '../kernel/errors.ts'
import { installAnswerers, installTellers, registerIncoming } from '../modules/ingest/index.ts'
import { modules } from '../modules/registry.ts'
import { registerConsole } from './console.ts'
import { sendError } from './errors.ts'
import { registerHealth } from './health.ts'
import { buildOpenApi } from './openapi.ts'
import { registerRoute } from './routes.ts'
import { registerSecurityHeaders } from './security.ts'

export type RunningServer = { url: string; app: FastifyInstance; close(): Promise<void> }

/** The HTTP shell with every module's routes; not listening yet. */
export async function createApp(ctx: Ctx): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: apiLog(ctx) as FastifyBaseLogger,
    frameworkErrors: (error, request, reply) => sendError(ctx, error, request, reply),
    trustProxy: ctx.config.trustedProxies.length > 0 ? ctx.config.trustedProxies : false,
    bodyLimit: 1_048_576,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    requestTimeout: 120_000,
  })
  // an empty body of a JSON call is no body
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body as string))
    } catch {
      done(invalid('not_json', 'the request body is not JSON'))
    }
  })
  registerIncoming(app)
  installAnswerers(
    ctx,
    modules.flatMap(({ answerer }) => answerer ?? []),
  )
  installTellers(
    ctx,
    modules.flatMap(({ teller }) => teller ?? []),
  )
  await app.register(cookie)
  await app.register(multipart, { limits: { files: 1, fileSize: 64 * 1024 * 1024, fields: 10 } })
  app.setErrorHandler((error, request, reply) => sendError(ctx, error, request, reply))
  letGoOnClose(app)
  registerSecurityHeaders(app, ctx)
  registerHealth(app, ctx)
  for (const module of modules) for (const route of module.routes ?? []) registerRoute(app, ctx, route)
  app.get('/openapi.json', async () => buildOpenApi(ctx))
  await registerConsole(app)
  return app
}

/**
 * Closing ends idle connections once, when it begins; one that was busy then would be kept alive for a minute after
 * its answer, and closing waits for it.
 */
function letGoOnClose(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) void reply.header('connection', 'close')
  })
  app.addHook('onResponse', async () => {
    if (closing) setImmediate(() => app.server.closeIdleConnections())
  })
}

/** Addresses carry callback keys, signatures and what people search for: of a request only its route is logged. */
const apiLog = (ctx: Ctx) =>
  ctx.log.child(
    { role: 'api' },
    {
      level: ctx.config.logLevel === 'debug' ? 'debug' : 'warn',
      serializers: {
        req: (request: FastifyRequest) => ({ method: request.method, route: request.routeOptions?.url }),
        res: (reply: FastifyReply) => ({ statusCode: reply.statusCode }),
      },
    },
  )

/** Starts the API and the console. */
export async function startServer(ctx: Ctx): Promise<RunningServer> {
  const app = await createApp(ctx)
  const url = await app.listen({ host: ctx.config.host, port: ctx.config.port })
  return { url, app, close: () => app.close() }
}
