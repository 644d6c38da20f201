import { randomUUID } from 'node:crypto'
import { request } from 'undici'
import { decryptCallback } from '../../src/channels/wechat-api/callback-crypto.ts'
import type { Ctx } from '../../src/context.ts'
import { autoRepliesModule } from '../../src/modules/auto-replies/module.ts'
import type { RuleInput } from '../../src/modules/auto-replies/schema.ts'
import { campaignsModule } from '../../src/modules/campaigns/module.ts'
import { engineSweeps } from '../../src/modules/deliveries/engine/parts.ts'
import { deliveriesModule } from '../../src/modules/deliveries/module.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { callbackXml, cdata, eventPush, plainPush, readPushSecrets, sealedPush } from '../support/pushes.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { until } from '../support/until.ts'

const NEVER = new AbortController().signal

/** What a fan sees in the chat with the account. */
export type Seen = {
  from: 'account' | 'fan'
  kind?: string
  msgtype: string
  content: Record<string, unknown>
  unserved?: boolean
}

export type ReplyWorld = SendingWorld & {
  own: Bound
  /** A fan whom no test has used yet. */
  next(): string
  /** Makes a rule by the API; returns its id. */
  rule(input: Partial<RuleInput> & { kind: RuleInput['kind'] }, of?: Bound): Promise<string>
  /** One fan does something at the simulated WeChat; resolves when our answer to the push has arrived there. */
  acts(openid: string, action: string, more?: object): Promise<void>
  says(openid: string, content: string): Promise<void>
  /** What the account said to a fan, oldest first: texts as they are, anything else by its kind. */
  heard(openid: string): Promise<string[]>
  seen(openid: string): Promise<Seen[]>
  /** Does what a worker does until nothing that answers is left; both clocks move on a little. */
  settle(where?: Ctx): Promise<void>
}

export const text = (content: string, weight = 1) => ({
  weight,
  content: { kind: 'text' as const, text: content, variables: {} },
})
export const answer = (...texts: string[]) => ({
  mode: 'all' as const,
  replies: texts.map((one) => text(one)),
  effects: { give: [], take: [], attributes: [], campaignId: null },
})
export const words = (...texts: string[]) =>
  texts.map((one) => ({ text: one, match: 'exact' as const, caseSensitive: false }))

const reactions = [deliveriesModule, autoRepliesModule, campaignsModule].flatMap((one) => one.reactions ?? [])
const loops = engineSweeps.filter(({ name }) => /immediate|bulk|leftovers|recover/.test(name))

export async function createReplyWorld(env: Record<string, string> = {}): Promise<ReplyWorld> {
  const world = await createSendingWorld(env)
  const { ctx, api, control } = world
  const account = await world.bind({ fans: 8 })
  const fresh = [...account.openids]
  // who follows the log begins where it ends when they first look
  await createReactionSweep(reactions).run(ctx, NEVER)
  const seen = async (openid: string) =>
    (
      await control<{ items: Seen[] }>(
        'GET',
        `/chat?${new URLSearchParams({ appid: account.appid, openid })}`,
      )
    ).items
  const act = async (openid: string, action: string, more: object = {}) => {
    await control('POST', '/act', { appid: account.appid, openid, action, ...more })
    await until(async () => !(await control<{ busy: boolean }>('GET', '/next-due')).busy, {
      what: 'the answer to a push',
      everyMs: 5,
    })
  }
  return {
    ...world,
    own: account,
    next: () => fresh.pop() as string,
    async rule(input, of = account) {
      const body = { name: `规则 ${randomUUID().slice(0, 8)}`, ...input }
      const made = await api<{ id: string }>('POST', `/api/accounts/${of.id}/reply-rules`, body)
      if (made.status !== 200) throw new Error(`${made.status} ${JSON.stringify(made.body)}`)
      return made.body.id
    },
    acts: act,
    says: (openid, content) => act(openid, 'text', { content }),
    seen,
    heard: async (openid) =>
      (await seen(openid))
        .filter(({ from }) => from === 'account')
        .map(({ msgtype, content }) => (msgtype === 'text' ? String(content['content']) : msgtype)),
    async settle(where = ctx) {
      const followed = createReactionSweep(reactions)
      const work = async () => {
        let did = await followed.run(where, NEVER)
        for (const sweep of loops) did += await sweep.run(where, NEVER)
        return did
      }
      const idle = async () => {
        const { rows } = await where.pool.query<{ next: Date | null; flying: boolean }>(
          `select min(due_at) filter (where state in ('planned', 'held')) as next, bool_or(state = 'sending') as flying
           from deliveries d where exists (select from sends s where s.id = d.send_id and s.owner_kind = 'auto-reply')`,
        )
        return rows[0]
      }
      await until(
        async () => {
          if ((await work()) > 0) return false
          const waiting = await idle()
          if (waiting?.flying) return false
          if (waiting?.next == null) return true
          if (waiting.next > where.clock.now()) await world.forward(waiting.next)
          return false
        },
        { what: 'the end of what answers', everyMs: 1 },
      )
    },
  }
}

let messages = 7_000_000_000_000_000
const headOf = (ctx: Ctx, openid: string) => ({
  from: openid,
  at: Math.floor(ctx.clock.now().getTime() / 1000),
})

const textXml = (ctx: Ctx, openid: string, content: string) =>
  callbackXml(
    `${cdata('MsgType', 'text')}${cdata('Content', content)}<MsgId>${++messages}</MsgId>`,
    headOf(ctx, openid),
  )

/** Pushes as WeChat itself would send them, to whatever process: its second and third try are the same to the byte. */
export async function pushesOf(world: ReplyWorld, account = world.own) {
  const { path, secrets } = await readPushSecrets(world.ctx, account)
  return {
    text: (openid: string, content: string) => sealedPush(path, secrets, textXml(world.ctx, openid, content)),
    plainText: (openid: string, content: string) =>
      plainPush(path, secrets, textXml(world.ctx, openid, content)),
    click: (openid: string, key: string) =>
      sealedPush(path, secrets, eventPush('CLICK', headOf(world.ctx, openid), cdata('EventKey', key))),
    scan: (openid: string, scene: string) =>
      sealedPush(path, secrets, eventPush('SCAN', headOf(world.ctx, openid), cdata('EventKey', scene))),
    /** What came back, opened; null: `success`. */
    async send(push: { url: string; body: string }, to = world.apiUrl) {
      const answered = await request(`${to}${push.url}`, {
        method: 'POST',
        body: push.body,
        headers: { 'content-type': 'text/xml' },
      })
      const body = await answered.body.text()
      return body === 'success' ? null : openReply(body, secrets)
    },
  }
}

function openReply(body: string, { aesKey, appid }: { aesKey: string; appid: string }): string {
  const sealed = /<Encrypt><!\[CDATA\[(.+?)\]\]><\/Encrypt>/.exec(body)?.[1]
  if (sealed === undefined) return body
  return decryptCallback(sealed, { appId: appid, keys: [aesKey] }).text
}
