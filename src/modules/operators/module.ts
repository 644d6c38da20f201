import { type Manifest, route } from '../manifest.ts'
import { permissionsOf } from '../permissions.ts'
import * as commands from './commands.ts'
import * as schema from './schema.ts'
import { openSession, SESSION_COOKIE, SESSION_SECONDS, signIn, signOut } from './sessions.ts'
import * as store from './store.ts'

export const operatorsModule: Manifest = {
  name: 'operators',
  routes: [
    route(schema.setupStateEndpoint, async (ctx) => ({
      needed: (await store.countOperators(ctx.db)) === 0,
      byCommandLine: ctx.mode === 'production',
      mode: ctx.mode,
    })),
    route(schema.setupEndpoint, async (ctx, { body, http }) => {
      const operator = await commands.setUp(ctx, body)
      http.setCookie(SESSION_COOKIE, await openSession(ctx, operator), SESSION_SECONDS)
      return {}
    }),
    route(schema.signInEndpoint, async (ctx, { body, http }) => {
      http.setCookie(SESSION_COOKIE, await signIn(ctx, { ...body, ip: http.ip }), SESSION_SECONDS)
      return {}
    }),
    route(schema.signOutEndpoint, async (ctx, { http }) => {
      const token = http.cookie(SESSION_COOKIE)
      if (token !== undefined) await signOut(ctx, token)
      http.setCookie(SESSION_COOKIE, '', 0)
      return {}
    }),
    route(schema.meEndpoint, async (ctx) => {
      const [operator] = await store.selectOperators(ctx.db, commands.ownId(ctx))
      const installation = await ctx.db
        .selectFrom('installation')
        .select('sending_paused')
        .executeTakeFirstOrThrow()
      if (operator === undefined || ctx.actor.kind === 'system') throw new Error('the actor exists')
      return {
        id: operator.id,
        email: operator.email,
        name: operator.name,
        role: operator.role,
        locale: ctx.actor.locale,
        permissions: permissionsOf(operator.role),
        mode: ctx.mode,
        sendingPaused: installation.sending_paused,
        simulatorUrl: ctx.mode === 'sandbox' ? ctx.config.simulator.url : null,
      }
    }),
    route(schema.updateMeEndpoint, async (ctx, { body, http }) => {
      await commands.updateMe(ctx, body, http.cookie(SESSION_COOKIE))
      return {}
    }),
    route(schema.listOperatorsEndpoint, async (ctx) => ({ items: await store.selectOperators(ctx.db) })),
    route(schema.createOperatorEndpoint, (ctx, { body }) => commands.createOperator(ctx, body)),
    route(schema.updateOperatorEndpoint, (ctx, { params, body }) =>
      commands.updateOperator(ctx, params.operatorId, body),
    ),
    route(schema.listApiKeysEndpoint, async (ctx) => ({
      items: await store.selectApiKeys(ctx.db, commands.ownId(ctx)),
    })),
    route(schema.createApiKeyEndpoint, (ctx, { body }) => commands.createApiKey(ctx, body.name)),
    route(schema.revokeApiKeyEndpoint, async (ctx, { params }) => {
      await commands.revokeApiKey(ctx, params.keyId)
      return {}
    }),
  ],
  sweeps: [{ name: 'operators.forget-expired', everyMs: 600_000, run: (ctx) => store.deleteExpired(ctx.db) }],
}
