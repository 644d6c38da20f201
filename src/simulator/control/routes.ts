import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ZodError, type z } from 'zod'
import { parseJson } from '../json.ts'
import { plainIp } from '../official-account/credentials/caller.ts'
import { forgetTokens } from '../official-account/credentials/tokens.ts'
import { listCodes } from '../official-account/qr-codes/codes.ts'
import { ensureAccount } from '../population/accounts.ts'
import { emptySchema } from '../store/database.ts'
import type { Sweeper } from '../sweeper.ts'
import type { World } from '../world.ts'
import { patchAccount, showAccount, showAccounts, verifyCallback } from './accounts.ts'
import { accountOf, act } from './act.ts'
import { listArticles } from './articles.ts'
import { ControlError } from './errors.ts'
import { confirmJob, listJobs } from './jobs.ts'
import { readLedger, summariseLedger } from './ledger.ts'
import { actAsOwner } from './owner.ts'
import { readChat, readMenu, readSubscriptions, searchFans } from './people.ts'
import { listPushes } from './pushes.ts'
import * as schema from './schema.ts'
import { patchShop, putShop, showShop } from './shop.ts'

/** The control interface: how tests and the console steer the simulated world. For this machine only. */
export function controlRoutes(app: FastifyInstance, world: World, sweeper: Sweeper): void {
  app.addHook('onRequest', async (request) => {
    if (!isLocal(request)) throw new ControlError(403, 'the control interface answers to this machine only')
  })
  app.setErrorHandler(async (error, _request, reply) => {
    if (error instanceof ControlError) return reply.code(error.status).send({ error: error.message })
    if (error instanceof ZodError || error instanceof SyntaxError)
      return reply.code(400).send({ error: error.message })
    world.log.error({ err: error }, 'the control interface failed')
    return reply.code(500).send({ error: 'failed' })
  })

  app.get('/accounts', () => showAccounts(world))
  app.post('/accounts', async (request, reply) => {
    const { account, created } = await ensureAccount(world, body(schema.newAccount, request))
    return reply.code(created ? 201 : 200).send(showAccount(account))
  })
  app.patch<{ Params: { appid: string } }>('/accounts/:appid', (request) =>
    patchAccount(world, request.params.appid, body(schema.accountPatch, request)),
  )
  app.post<{ Params: { appid: string } }>('/accounts/:appid/callback/verify', (request) =>
    verifyCallback(world, request.params.appid),
  )

  app.get('/clock', async () => showClock(world))
  app.post('/clock', async (request) => {
    const moved = await world.clock.forward(new Date(body(schema.clockInput, request).now))
    if (!moved) throw new ControlError(409, 'the clock only moves forward')
    world.wake()
    return showClock(world)
  })
  app.get('/next-due', () => sweeper.status())
  app.post('/reset', async () => {
    await reset(world, sweeper)
    return { ok: true }
  })

  app.get('/faults', async () => ({ items: world.faults.list() }))
  app.put('/faults', async (request) => {
    await world.faults.replace(body(schema.faultsInput, request))
    return { items: world.faults.list() }
  })
  app.delete('/faults', async () => {
    await world.faults.replace([])
    return { items: [] }
  })

  app.get('/ledger', (request) => readLedger(world, schema.ledgerQuery.parse(request.query)))
  app.get('/ledger/summary', (request) => summariseLedger(world, schema.ledgerQuery.parse(request.query)))
  app.get('/fans', (request) => searchFans(world, schema.fansQuery.parse(request.query)))
  app.get('/chat', (request) => {
    const { appid, openid } = schema.chatQuery.parse(request.query)
    return readChat(world, appid, openid)
  })
  app.get('/menu', (request) => {
    const { appid, openid } = schema.chatQuery.parse(request.query)
    return readMenu(world, appid, openid)
  })
  app.get('/subscriptions', (request) => {
    const { appid, openid } = schema.chatQuery.parse(request.query)
    return readSubscriptions(world, appid, openid)
  })
  app.get('/codes', async (request) => {
    const account = await accountOf(world, schema.codesQuery.parse(request.query).appid)
    return listCodes(world, account.id)
  })
  app.get('/pushes', (request) => listPushes(world, schema.pushesQuery.parse(request.query)))
  app.post('/act', (request) => act(world, body(schema.actInput, request)))

  app.post('/owner', (request) => actAsOwner(world, body(schema.ownerInput, request)))

  app.get('/shop', () => showShop(world))
  app.put('/shop', (request) => putShop(world, body(schema.shopInput, request)))
  app.patch('/shop', (request) => patchShop(world, body(schema.shopPatch, request)))

  app.get('/articles', (request) => listArticles(world, schema.articlesQuery.parse(request.query)))
  app.get('/mass', (request) => listJobs(world, schema.jobsQuery.parse(request.query).appid))
  app.post('/mass/confirm', (request) => confirmJob(world, body(schema.confirmInput, request)))
}

const body = <T extends z.ZodType>(shape: T, request: FastifyRequest): z.output<T> =>
  shape.parse(parseJson(Buffer.isBuffer(request.body) ? request.body.toString() : 'null'))

/** Loopback callers only, and no page of another site that happens to run in a browser here. */
function isLocal(request: FastifyRequest): boolean {
  const ip = plainIp(request.ip)
  const loopback = ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'))
  return loopback && request.headers['sec-fetch-site'] !== 'cross-site'
}

const showClock = ({ clock }: World): object => ({
  now: clock.now().toISOString(),
  offsetMs: clock.offsetMs(),
})

async function reset(world: World, sweeper: Sweeper): Promise<void> {
  const resume = await sweeper.pause()
  try {
    await emptySchema(world.db)
    await world.clock.reload()
    await world.faults.reload()
    await world.usage.reload()
    forgetTokens(world)
  } finally {
    resume()
  }
}
