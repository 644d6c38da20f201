import { request } from 'undici'
import { type Account, getAccountById } from '../official-account/account.ts'
import type { World } from '../world.ts'
import { addText, removeFollower } from './acts.ts'
import { TEXTS } from './words.ts'

type Due = {
  id: string
  account_id: number
  fan_id: string
  act: 'tap' | 'answer' | 'leave'
  url: string
  due_at: Date
}

const AT_ONCE = 50

/** What the browser inside WeChat says it is. */
export const PHONE_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.54 NetType/WIFI Language/zh_CN'

const acting = new WeakSet<World>()
/** Whether acts that were due are under way, such as opening a page. */
export const isActing = (world: World): boolean => acting.has(world)

/** Lets receivers of single messages do what they were going to; false when nothing is due. */
export async function runDueActs(world: World): Promise<boolean> {
  try {
    return await actAll(world)
  } finally {
    acting.delete(world)
  }
}

async function actAll(world: World): Promise<boolean> {
  const taps: { account: Account; url: string }[] = []
  const did = await world.db.transaction(async (tx) => {
    const due = await tx.rows<Due>(
      `select * from personal_act where done_at is null and due_at <= $1 order by due_at, id limit ${AT_ONCE} for update`,
      [world.clock.now()],
    )
    if (due.length > 0) acting.add(world)
    for (const { account_id: accountId, fan_id: fanId, act, url, due_at: at } of due) {
      const account = await getAccountById(tx, accountId)
      if (act === 'tap') taps.push({ account, url })
      if (act === 'leave') await removeFollower(world, tx, account, { fanId, at })
      if (act === 'answer' && (await follows(tx, fanId)))
        await addText(world, tx, account, { fanId, content: TEXTS[Number(fanId) % TEXTS.length] ?? '', at })
    }
    await tx.run('update personal_act set done_at = due_at where id = any($1::bigint[])', [
      due.map(({ id }) => id),
    ])
    return due.length > 0
  })
  await Promise.all(taps.map(({ account, url }) => tap(account, url)))
  return did
}

const follows = async (db: Pick<World['db'], 'row'>, fanId: string): Promise<boolean> =>
  (await db.row('select 1 from fan where id = $1 and following', [fanId])) !== undefined

const TAP_MS = 5_000

/** Opens the page as a phone does, on this machine only: simulated people stay in their world. */
async function tap({ callback }: Account, url: string): Promise<void> {
  if (!URL.canParse(url)) return
  const { hostname } = new URL(url)
  const own = callback ? new URL(callback.url).hostname : ''
  if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) && hostname !== own) return
  try {
    const answer = await request(url, {
      headers: { 'user-agent': PHONE_AGENT, accept: 'text/html' },
      signal: AbortSignal.timeout(TAP_MS),
    })
    await answer.body.dump()
  } catch {
    // a page that can't be opened is the page's matter
  }
}
