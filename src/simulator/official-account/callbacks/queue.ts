import { randomInt } from 'node:crypto'
import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import type { Account, CallbackTarget } from '../account.ts'
import { encrypt, sign } from './cipher.ts'
import { cdata, list, type Node, node } from './xml.ts'

type Sender = { openid: string; at: Date; fields: readonly Node[]; fanId?: string }
export type Event = Sender & { event: string }
export type Message = Sender & { msgtype: string; msgId: string }

/** Puts an event on its way to the account's callback server, if there is one. */
export const pushEvent = (world: World, tx: Queries, account: Account, event: Event): Promise<void> =>
  push(world, tx, account, event, [cdata('MsgType', 'event'), cdata('Event', event.event), ...event.fields])

/** The same for a fan's message; its passive reply will answer it. */
export const pushMessage = (world: World, tx: Queries, account: Account, message: Message): Promise<void> =>
  push(
    world,
    tx,
    account,
    message,
    [cdata('MsgType', message.msgtype), ...message.fields, node('MsgId', message.msgId)],
    message.msgId,
  )

async function push(
  world: World,
  tx: Queries,
  account: Account,
  sender: Sender,
  fields: readonly Node[],
  answersTo?: string,
): Promise<void> {
  const target = account.callback
  if (!target) return
  const head = [
    cdata('ToUserName', account.ghId),
    cdata('FromUserName', sender.openid),
    node('CreateTime', Math.floor(sender.at.getTime() / 1000)),
  ]
  const { query, body } = envelope(target, account, {
    clear: [...head, ...fields],
    openid: sender.openid,
    at: world.clock.now(),
  })
  await tx.run(
    'insert into push (account_id, target, query, body, answers_to, fan_id) values ($1, $2, $3, $4, $5, $6)',
    [account.id, target, query, body, answersTo ?? null, sender.fanId ?? null],
  )
  world.wake()
}

type Clear = { clear: readonly Node[]; openid: string; at: Date }

/** Query and body of the request in the account's mode. Made once: every attempt is the same to the byte. */
export function envelope(
  target: CallbackTarget,
  account: Pick<Account, 'appid' | 'ghId'>,
  { clear, openid, at }: Clear,
): { query: Record<string, string>; body: string } {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const nonce = String(randomInt(100_000_000, 2_000_000_000))
  const query: Record<string, string> = {
    signature: sign(target.token, timestamp, nonce),
    timestamp,
    nonce,
    openid,
  }
  const plain = list('xml', clear)
  if (target.mode === 'plain') return { query, body: plain }
  const encrypted = encrypt(plain, { aesKey: target.aesKey, appid: account.appid })
  query['encrypt_type'] = 'aes'
  query['msg_signature'] = sign(target.token, timestamp, nonce, encrypted)
  const sealed = cdata('Encrypt', encrypted)
  const body =
    target.mode === 'compat'
      ? list('xml', [...clear, sealed])
      : list('xml', [cdata('ToUserName', account.ghId), sealed])
  return { query, body }
}
