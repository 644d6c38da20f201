import { request } from 'undici'
import type { World } from '../../world.ts'
import { type Account, type CallbackTarget, getAccountById } from '../account.ts'
import { nextId } from '../publish/publications.ts'
import { judgeReply } from './judge.ts'
import { type Reply, readReply } from './reply.ts'

/** 消息推送: answered within 5 s, tried three times in all. */
const ANSWER_MS = 5_000
const ATTEMPTS = 3
const RETRY_AFTER_MS = 1_000
const AT_ONCE = 32

type Push = {
  id: string
  account_id: number
  target: CallbackTarget
  query: Record<string, string>
  body: string
  answers_to: string | null
  fan_id: string | null
  attempts: number
}

export type Deliverer = {
  /** Starts what waits, as far as there is room; returns at once. */
  start: () => Promise<void>
  inFlight: () => number
  stop: () => Promise<void>
}

export function startDeliverer(world: World): Deliverer {
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()

  const start = async (): Promise<void> => {
    const room = AT_ONCE - running.size
    if (room <= 0 || stopping.signal.aborted) return
    // What a killed simulator left behind after its last attempt.
    await world.db.run(
      `update push set state = 'failed' where state = 'waiting' and attempts >= ${ATTEMPTS} and next_at <= now()`,
    )
    for (const push of await claim(world, room)) {
      const work: Promise<void> = deliver(world, push, stopping.signal)
        .catch((error: unknown) =>
          world.log.error({ err: error }, 'a simulated callback could not be settled'),
        )
        .finally(() => {
          running.delete(work)
          world.wake()
        })
      running.add(work)
    }
  }
  const stop = async (): Promise<void> => {
    stopping.abort()
    await Promise.allSettled(running)
  }
  return { start, inFlight: () => running.size, stop }
}

/** The attempt is counted before it is made: a simulator killed in mid-push never pushes a fourth time. */
const claim = (world: World, room: number): Promise<Push[]> =>
  world.db.rows<Push>(
    `update push set attempts = attempts + 1, next_at = now() + interval '${ANSWER_MS + RETRY_AFTER_MS} ms'
     where id in (select id from push where state = 'waiting' and attempts < ${ATTEMPTS} and next_at <= now() order by next_at, id
                  limit $1 for update skip locked)
     returning id, account_id, target, query, body, answers_to, fan_id, attempts`,
    [room],
  )

async function deliver(world: World, push: Push, stopping: AbortSignal): Promise<void> {
  const account = await getAccountById(world.db, push.account_id)
  const faults = await world.faults.strike('/callback', account.appid, ['drop-callback', 'repeat-callback'])
  if (faults.some((fault) => fault.kind === 'drop-callback')) return settle(world, push, 'dropped')
  const began = performance.now()
  const answer = await post(push, stopping)
  const took = Math.round(performance.now() - began)
  if (faults.some((fault) => fault.kind === 'repeat-callback')) await post(push, stopping)
  if ('problem' in answer) return failed(world, push, answer.problem)
  const reply = readReply(answer.body, push.target, account, push.query['openid'] ?? '')
  const wrong = reply.kind === 'malformed' ? 'malformed reply' : await problemOf(world, account, push, reply)
  if (wrong !== undefined) {
    await unserved(world, push)
    return settle(world, push, 'failed', { problem: wrong, took })
  }
  if (reply.kind === 'message') await showReply(world, account, push, reply)
  await settle(world, push, 'delivered', { took })
}

async function problemOf(
  world: World,
  account: Account,
  push: Push,
  reply: Exclude<Reply, { kind: 'malformed' }>,
): Promise<string | undefined> {
  if (reply.kind === 'none') return undefined
  const asked = { db: world.db, account, now: world.clock.now(), toMessage: push.answers_to !== null }
  const wrong = await judgeReply(reply, asked)
  return wrong === undefined ? undefined : `${reply.msgtype}: ${wrong}`
}

type Answer = { body: string } | { problem: string }

async function post(push: Push, stopping: AbortSignal): Promise<Answer> {
  try {
    const url = new URL(push.target.url)
    for (const [name, value] of Object.entries(push.query)) url.searchParams.set(name, value)
    const response = await request(url, {
      method: 'POST',
      body: push.body,
      headers: { 'content-type': 'text/xml', 'user-agent': 'Mozilla/4.0' },
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), stopping]),
    })
    const body = await response.body.text()
    return response.statusCode === 200 ? { body } : { problem: `HTTP ${response.statusCode}` }
  } catch (error) {
    return { problem: error instanceof Error ? error.message || error.name : 'no answer' }
  }
}

async function failed(world: World, push: Push, problem: string): Promise<void> {
  if (push.attempts >= ATTEMPTS) {
    await unserved(world, push)
    return settle(world, push, 'failed', { problem })
  }
  await world.db.run(
    `update push set next_at = now() + interval '${RETRY_AFTER_MS} ms', last_problem = $2 where id = $1`,
    [push.id, problem],
  )
}

type Settled = { problem?: string; took?: number }

async function settle(
  world: World,
  push: Push,
  state: string,
  { problem, took }: Settled = {},
): Promise<void> {
  await world.db.run('update push set state = $2, last_problem = $3, answer_ms = $4 where id = $1', [
    push.id,
    state,
    problem ?? null,
    took ?? null,
  ])
}

/** The fan is told 该公众号暂时无法提供服务 under the message that nobody answered. */
async function unserved(world: World, push: Push): Promise<void> {
  if (push.answers_to)
    await world.db.run('update inbound set unserved = true where id = $1', [push.answers_to])
}

async function showReply(
  world: World,
  account: Account,
  push: Push,
  reply: Extract<Reply, { kind: 'message' }>,
): Promise<void> {
  if (!push.fan_id || reply.msgtype === 'transfer_customer_service') return
  const now = world.clock.now()
  await world.db.transaction(async (tx) => {
    const id = await nextId(tx)
    await tx.run(
      `insert into message (id, account_id, kind, msgtype, content, content_key, created_at) values ($1, $2, 'reply', $3, $4, '', $5)`,
      [id, account.id, reply.msgtype, reply.content, now],
    )
    await tx.run(
      `insert into receipt (account_id, fan_id, message_id, kind, received_at) values ($1, $2, $3, 'reply', $4)`,
      [account.id, push.fan_id, id, now],
    )
  })
}
