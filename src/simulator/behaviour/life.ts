import { getAccountById } from '../official-account/account.ts'
import { leavesOf } from '../official-account/menus/check.ts'
import { readBoard } from '../official-account/menus/store.ts'
import { randomOf } from '../shop/random.ts'
import type { Queries } from '../store/database.ts'
import type { World } from '../world.ts'
import { addText } from './acts.ts'
import { tapMenu } from './menu-acts.ts'
import { answerPopup, scan } from './personal-acts.ts'
import { TEXTS } from './words.ts'

const MINUTE = 60_000
const DAY = 86_400_000
/** Of an account in one period; of more, as many of each kind and hour are left out. */
const MOST_ACTS = 400
/** Shorter periods are left for later, longer ones are told in parts. */
export const SHORTEST_MS = MINUTE
const LONGEST_MS = 2 * DAY
/** However far the clock jumps, and before the first day: what lies further back is not told. */
export const TOLD_BACK_MS = 10 * DAY

export type Life = {
  /** Shares of the followers that on one day write, tap the menu, scan a code, agree to a notification. */
  texts: number
  taps: number
  scans: number
  accepts: number
}
type Due = { account_id: number; told_until: Date; life: Life }
type Kind = keyof Life

/**
 * 日常: what fans do unasked, by the account's setting `life`. One account and period at a time, in one transaction: a kill
 * tells it again or not at all. False when nobody has anything to tell.
 */
export function liveOn(world: World): Promise<boolean> {
  return world.db.transaction(async (tx) => {
    const now = world.clock.now()
    const due = await tx.row<Due>(
      `select account_id, told_until, settings->'life' as life from life join account on account.id = account_id
       where settings->'life' is not null and told_until <= $1 order by told_until limit 1 for update of life`,
      [new Date(now.getTime() - SHORTEST_MS)],
    )
    if (!due) return false
    const from = Math.max(due.told_until.getTime(), now.getTime() - TOLD_BACK_MS)
    const until = new Date(Math.min(now.getTime(), from + LONGEST_MS))
    await tx.run('update life set told_until = $2 where account_id = $1', [due.account_id, until])
    await tell(world, tx, due, { from, until: until.getTime() })
    return true
  })
}

type Period = { from: number; until: number }

async function tell(world: World, tx: Queries, due: Due, { from, until }: Period): Promise<void> {
  const account = await getAccountById(tx, due.account_id)
  const fans = await tx.row<{ n: number }>(
    'select count(*)::int as n from fan where account_id = $1 and following',
    [account.id],
  )
  const random = randomOf(account.seed, 'life', from)
  const days = (until - from) / DAY
  const kinds = ['texts', 'taps', 'scans', 'accepts'] as const
  const wanted = (kind: Kind) => (fans?.n ?? 0) * due.life[kind] * days
  const share = Math.min(1, MOST_ACTS / kinds.reduce((sum, kind) => sum + wanted(kind), 0))
  const acts = kinds
    .flatMap((kind) => {
      const some = wanted(kind) * share
      const count = Math.floor(some) + (random() < some % 1 ? 1 : 0)
      return Array.from({ length: count }, () => ({
        kind,
        at: new Date(from + Math.floor(random() * (until - from))),
        luck: random(),
      }))
    })
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
  for (const { kind, at, luck } of acts) {
    const fan = await someFan(tx, account.id, { luck, at })
    if (fan) await DO[kind](world, tx, account, { fanId: fan.id, openid: fan.openid, at, luck })
  }
}

/** The follower at a share of all ids; its neighbour where that one has left, or came later. */
const someFan = (tx: Queries, accountId: number, { luck, at }: { luck: number; at: Date }) =>
  tx.row<{ id: string; openid: string }>(
    `select id, openid from fan where account_id = $1 and following and subscribed_at <= $3 and id >= (
       select min(id) + floor((max(id) - min(id) + 1) * $2::float8)::bigint from fan where account_id = $1)
     order by id limit 1`,
    [accountId, luck, at],
  )

type Act = (
  world: World,
  tx: Queries,
  account: Awaited<ReturnType<typeof getAccountById>>,
  who: { fanId: string; openid: string; at: Date; luck: number },
) => Promise<unknown>

const DO: Record<Kind, Act> = {
  texts: (world, tx, account, who) =>
    addText(world, tx, account, {
      ...who,
      content: TEXTS[Math.floor(who.luck * 1_000) % TEXTS.length] ?? '',
    }),
  async taps(world, tx, account, who) {
    const { menu } = await readBoard(tx, account.id)
    const keyed = leavesOf(menu?.buttons ?? []).filter(({ type }) => type === 'click')
    const item = keyed[Math.floor(who.luck * 1_000) % Math.max(1, keyed.length)]
    if (item) await tapMenu(world, tx, account, { ...who, item })
  },
  scans: (world, tx, account, who) =>
    scan(world, tx, account, { ...who, code: { scene: 'counter', ticket: 'gQcounter' } }),
  async accepts(world, tx, account, who) {
    const templates = await tx.rows<{ id: string }>(
      `select id from template where account_id = $1 and kind = 'subscription' and deleted_at is null order by created_at, id`,
      [account.id],
    )
    const template = templates[Math.floor(who.luck * 1_000) % Math.max(1, templates.length)]
    if (template)
      await answerPopup(world, tx, account, {
        ...who,
        popup: 'article',
        answers: [{ templateId: template.id, accept: who.luck < 0.93 }],
      })
  },
}
