import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { makeWaiting, renewEnding } from '../../src/modules/qr-codes/make.ts'
import { qrCodesModule } from '../../src/modules/qr-codes/module.ts'
import type { QrCode } from '../../src/modules/qr-codes/schema.ts'
import type { Answer } from '../support/api.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { until } from '../support/until.ts'

const NEVER = new AbortController().signal
const reactions = createReactionSweep(qrCodesModule.reactions ?? [])

export type QrWorld = SendingWorld & {
  bound: Bound
  /** Below the codes of the account. */
  url(rest?: string): string
  /** A code as it is answered by the call that makes it; permanent unless told otherwise. */
  create(fields?: object): Promise<Answer<QrCode>>
  /** The same, and made by WeChat. */
  made(fields?: object): Promise<QrCode>
  get(code: { id: string }): Promise<QrCode>
  /** Makes what waits until nothing does. */
  make(): Promise<void>
  renew(): Promise<number>
  /** Somebody of the account does something there; returns once it has come in and is counted. */
  does(openid: string, action: string, more?: object): Promise<void>
  later(ms: number): Promise<void>
}

export async function createQrWorld(): Promise<QrWorld> {
  const world = await createSendingWorld()
  const { ctx, api } = world
  const account = await world.bind({ fans: 12 })
  const url = (rest = '') => `/api/accounts/${account.id}/qr-codes${rest}`
  const make = async () => {
    while ((await makeWaiting(ctx, NEVER)) > 0);
  }
  const create = (fields: object = {}) =>
    api<QrCode>('POST', url(), { name: '门店', life: 'permanent', ...fields })
  const get = async ({ id }: { id: string }) => (await api<QrCode>('GET', url(`/${id}`))).body
  const later = (ms: number) => world.forward(new Date(ctx.clock.now().getTime() + ms))
  const received = async () => {
    const { rows } = await ctx.pool.query<{ n: number }>('select count(*)::int as n from events')
    return rows[0]?.n ?? 0
  }
  return {
    ...world,
    bound: account,
    url,
    create,
    get,
    make,
    async made(fields) {
      const { status, body } = await create(fields)
      if (status !== 200) throw new Error(JSON.stringify(body))
      await make()
      return get(body)
    },
    renew: () => renewEnding(ctx, NEVER),
    async does(openid, action, more = {}) {
      // WeChat tells whole seconds, and a second event of one fan and second from a repeat of the first by nothing
      await later(1_000)
      const before = await received()
      await world.control('POST', '/act', { appid: account.appid, openid, action, ...more })
      await until(async () => (await received()) > before, { what: 'the push coming in' })
      while ((await reactions.run(ctx, NEVER)) > 0);
    },
    later,
  }
}
