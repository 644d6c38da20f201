import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ZodError } from 'zod'
import type { Actor, Ctx } from '../context.ts'
import { withActor } from '../context.ts'
import { AppError, forbidden } from '../kernel/errors.ts'
import type { Call, Route } from '../modules/manifest.ts'
import { authenticate, SESSION_COOKIE } from '../modules/operators/index.ts'
import { isAllowed } from '../modules/permissions.ts'

/** One route of a module: who may, for which account, with what input; then its handler, then its output shape. */
export function registerRoute(app: FastifyInstance, ctx: Ctx, route: Route): void {
  const { endpoint } = route
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    ...(endpoint.bodyLimit !== undefined && { bodyLimit: endpoint.bodyLimit }),
    // before the body is read: nobody makes us buffer a megabyte without the right to
    onRequest: async (request) => {
      request.actor = await admit(ctx, endpoint.access, request)
    },
    handler: async (request, reply) => {
      const scoped = request.actor === undefined ? ctx : withActor(ctx, request.actor)
      if (route.stream !== undefined) return route.stream(scoped, request, reply)
      if (route.handle === undefined) throw new Error(`${endpoint.path} has no handler`)
      const call = readCall(route, request, reply, ctx)
      const { handle } = route
      return reply.send(await oursIsTheFault(async () => endpoint.response.parse(await handle(scoped, call))))
    },
  })
}

/** Input was checked before: what doesn't fit a schema from here on is a mistake of ours, not of the caller. */
async function oursIsTheFault<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ZodError)
      throw new Error('something of ours does not fit its schema', { cause: error })
    throw error
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    actor?: Actor | undefined
  }
}

async function admit(ctx: Ctx, access: string, request: FastifyRequest): Promise<Actor | undefined> {
  if (access === 'public') {
    // signing in or setting up from another site's page is nobody's wish; WeChat's pushes come from no page
    if (request.url.startsWith('/api/')) refuseCrossSite(ctx, request)
    return undefined
  }
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
  const actor = await authenticate(ctx, { session: request.cookies[SESSION_COOKIE], bearer })
  if (actor === undefined || actor.kind === 'system') {
    throw new AppError('unauthenticated', 'not_signed_in', 'sign in first')
  }
  if (bearer === undefined) refuseCrossSite(ctx, request)
  if (access !== 'signed-in' && !isAllowed(actor.role, access)) {
    throw forbidden('permission_missing', `needs ${access}`, { permission: access })
  }
  const accountId = (request.params as { accountId?: string } | undefined)?.accountId
  if (accountId !== undefined && actor.accounts !== null && !actor.accounts.includes(accountId)) {
    throw forbidden('account_not_allowed', 'this account is not among yours')
  }
  return actor
}

/** A browser sends our cookie along with other sites' forms; such a request must not change anything. */
function refuseCrossSite(ctx: Ctx, request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const { origin } = request.headers
  if (origin !== undefined) {
    if (origin === new URL(ctx.config.publicUrl).origin || safeHost(origin) === request.headers.host) return
  } else if (request.headers['x-weida-request'] !== undefined) return
  throw forbidden('cross_site', 'the request did not come from this console')
}

const safeHost = (origin: string): string | undefined => {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}

function readCall(route: Route, request: FastifyRequest, reply: FastifyReply, ctx: Ctx): Call<never> {
  const { endpoint } = route
  const secure = ctx.config.publicUrl.startsWith('https:')
  return {
    params: endpoint.params?.parse(request.params) as never,
    query: endpoint.query?.parse(request.query) as never,
    body: endpoint.body?.parse(request.body ?? {}) as never,
    http: {
      ip: request.ip,
      cookie: (name) => request.cookies[name],
      setCookie: (name, value, maxAge) => {
        void reply.setCookie(name, value, { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge })
      },
    },
  }
}
