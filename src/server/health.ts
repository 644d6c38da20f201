import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { metrics, requestSeconds } from '../infra/metrics.ts'
import { forbidden } from '../kernel/errors.ts'
import { authenticate } from '../modules/operators/index.ts'
import { isAllowed } from '../modules/permissions.ts'

/** A proxy on this machine calls from loopback for people elsewhere. */
const PROXY_HEADERS = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via']
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** `/healthz`: the process lives. `/readyz`: it can work. `/metrics`: from this machine, or with a key. */
export function registerHealth(app: FastifyInstance, ctx: Ctx): void {
  app.get('/healthz', async () => ({ ok: true }))
  app.get('/readyz', async (_request, reply) => {
    try {
      await sql`select 1 from installation`.execute(ctx.db)
      return { ok: true }
    } catch {
      return reply.status(503).send({ ok: false, reason: 'database_unreachable' })
    }
  })
  app.get('/metrics', async (request, reply) => {
    const direct =
      LOOPBACK.has(request.socket.remoteAddress ?? '') &&
      PROXY_HEADERS.every((name) => request.headers[name] === undefined)
    if (!direct) {
      const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
      const actor = await authenticate(ctx, { session: undefined, bearer })
      if (actor === undefined || actor.kind === 'system' || !isAllowed(actor.role, 'metrics:read')) {
        throw forbidden('permission_missing', 'needs metrics:read')
      }
    }
    return reply.type(metrics.contentType).send(await metrics.metrics())
  })
  app.addHook('onResponse', async (request, reply) => {
    requestSeconds.observe(
      { method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    )
  })
}
