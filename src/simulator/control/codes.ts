import type { ScannedCode } from '../behaviour/acts.ts'
import type { Account } from '../official-account/account.ts'
import {
  type Code,
  findByScene,
  findByTicket,
  findByUrl,
  isOver,
} from '../official-account/qr-codes/codes.ts'
import type { Queries } from '../store/database.ts'
import type { World } from '../world.ts'
import { ControlError } from './errors.ts'

type Held = { url?: string | undefined; ticket?: string | undefined; scene?: string | undefined }

/**
 * What the camera sees. A code that is over says so on the phone and tells the account nothing; a scene that was never
 * made here is one of a system before.
 */
export async function codeOf(world: World, tx: Queries, account: Account, held: Held): Promise<ScannedCode> {
  const code = await find(tx, account, held)
  if (code === undefined) {
    if (held.url !== undefined || held.ticket !== undefined) throw new ControlError(404, 'no such code')
    const scene = held.scene ?? 'demo'
    return { scene, isNumber: /^\d+$/.test(scene), ticket: `gQ${scene}` }
  }
  if (code.accountId !== account.id) throw new ControlError(404, 'a code of another account')
  if (isOver(code, world.clock.now())) throw new ControlError(409, 'the code has expired')
  return code
}

async function find(tx: Queries, account: Account, { url, ticket, scene }: Held): Promise<Code | undefined> {
  if (ticket !== undefined) return findByTicket(tx, ticket)
  if (url === undefined) return scene === undefined ? undefined : findByScene(tx, account.id, scene)
  const inAddress = URL.canParse(url) ? new URL(url).searchParams.get('ticket') : null
  return inAddress === null ? findByUrl(tx, url.trim()) : findByTicket(tx, inAddress)
}
