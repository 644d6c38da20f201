import { setTimeout as wait } from 'node:timers/promises'
import type { Queries } from '../../store/database.ts'
import type { Account } from '../account.ts'
import { type Answer, type Call, type Endpoint, OK, verified } from '../call.ts'
import { type Item, laneOf } from '../personal/lane.ts'
import { drawIds, type Fan, fansByOpenid, type Written, writePersonal } from '../personal/ledger.ts'
import { keepTaken, lockWindows, type OpenWindow, takeOne } from '../personal/windows.ts'
import { Refusal, refuse } from '../refusal.ts'
import { findFan } from '../users/fans.ts'
import { type CustomContent, readCustom, shelvesOf } from './content.ts'

export const customEndpoints: Endpoint[] = [
  { path: '/cgi-bin/message/custom/send', method: 'POST', allow: verified, quick: true, handle: sendCustom },
  { path: '/cgi-bin/message/custom/typing', method: 'POST', allow: verified, handle: type },
]

/** 发送客服消息: within an open window only. Calls of the same moment are committed together. */
async function sendCustom({ world, account, body, now }: Call): Promise<Answer> {
  await slow(account)
  await laneOf(world, account, sendAll)({ account, body, now })
  return OK
}

/** A network has a length: what the account's settings say. */
export const slow = async ({ settings }: Account): Promise<void> => {
  if (settings.latencyMs) await wait(settings.latencyMs, undefined, { ref: false })
}

const touser = ({ body }: Item): string => (typeof body['touser'] === 'string' ? body['touser'] : '')

async function sendAll(tx: Queries, items: readonly Item[]): Promise<(true | Refusal)[]> {
  const { account, now } = items.at(-1) as Item
  const fans = await fansByOpenid(tx, account.id, items.map(touser))
  const windows = await lockWindows(tx, [...fans.values()].map(({ id }) => id).toSorted(byNumber), now)
  const ofFan = Map.groupBy(windows, (one) => one.fan_id)
  const shelves = shelvesOf(tx, account, now)
  const written: Omit<Written, 'id'>[] = []
  const answers: (true | Refusal)[] = []
  for (const item of items) {
    try {
      const content = await readCustom(item.body, account, shelves)
      const fan = admitted(fans.get(touser(item)))
      allowed(ofFan.get(fan.id) ?? [])
      written.push(asWritten(fan, content))
      answers.push(true)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answers.push(error)
    }
  }
  await keepTaken(tx, windows)
  const ids = await drawIds(tx, written.length)
  const numbered = written.map((one, index) => ({ ...one, id: ids[index] as string }))
  await writePersonal(tx, account, numbered, now)
  return answers
}

const byNumber = (a: string, b: string): number => (BigInt(a) < BigInt(b) ? -1 : 1)

function admitted(fan: Fan | undefined): Fan {
  if (!fan) refuse(40003)
  if (fan.blacklisted_at) refuse(43019)
  return fan.following ? fan : refuse(45015)
}

function allowed(windows: readonly OpenWindow[]): void {
  const taken = takeOne(windows)
  if (taken === 'closed') refuse(45015)
  if (taken === 'empty') refuse(45047)
}

const asWritten = (fan: Fan, { msgtype, content, url }: CustomContent): Omit<Written, 'id'> => ({
  fanId: fan.id,
  kind: 'custom',
  msgtype,
  content,
  url,
  key: '',
  arrives: true,
})

const CONTACT_MS = 30_000
const TYPING_MS = 15_000

/** 客服输入状态: for a fan who wrote within the last 30 s, and once until it ends. */
async function type({ world, account, body, now }: Call): Promise<Answer> {
  const { command } = body
  if (command !== 'Typing' && command !== 'CancelTyping') refuse(45072)
  const fan = (await findFan(world.db, account.id, touser({ account, body, now }))) ?? refuse(40003)
  const recent = await world.db.row('select 1 from inbound where fan_id = $1 and created_at > $2 limit 1', [
    fan.id,
    new Date(now.getTime() - CONTACT_MS),
  ])
  if (!recent) refuse(45080)
  if (command === 'CancelTyping') {
    await world.db.run('delete from typing where fan_id = $1', [fan.id])
    return OK
  }
  const begun = await world.db.run(
    `insert into typing as t (fan_id, until) values ($1, $2)
     on conflict (fan_id) do update set until = excluded.until where t.until <= $3`,
    [fan.id, new Date(now.getTime() + TYPING_MS), now],
  )
  return begun > 0 ? OK : refuse(45081)
}
