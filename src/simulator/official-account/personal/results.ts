import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import { type Account, getAccountById } from '../account.ts'
import { pushEvent } from '../callbacks/queue.ts'
import { cdata, list, type Node, node } from '../callbacks/xml.ts'
import { luck, toFull } from './ledger.ts'

export type Outcome = 'success' | 'blocked' | 'failed'

/** What will become of a notice, by the account's rates and seed. */
export function outcomeFor(account: Account, id: string): Outcome {
  const { noticeBlocked, noticeFailed } = account.rates
  const drawn = luck(account, id, 'outcome')
  if (drawn < noticeBlocked) return 'blocked'
  return drawn < noticeBlocked + noticeFailed ? 'failed' : 'success'
}

export type NewResult = {
  msgId: string
  fanId: string
  kind: 'template' | 'subscription'
  templateId: string
  outcome: Outcome
}

/** Results come a moment later. */
const SOONEST_MS = 300
const LATEST_MS = 2_000

export async function addResults(
  tx: Queries,
  account: Account,
  results: readonly NewResult[],
  now: Date,
): Promise<void> {
  if (results.length === 0) return
  await tx.run(
    `insert into notice_result (msg_id, account_id, fan_id, kind, template_id, outcome, due_at)
     select r.msg_id, $1, r.fan_id, r.kind, r.template_id, r.outcome, r.due_at
     from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
       as r (msg_id, fan_id, kind, template_id, outcome, due_at)`,
    [
      account.id,
      results.map((one) => one.msgId),
      results.map((one) => one.fanId),
      results.map((one) => one.kind),
      results.map((one) => one.templateId),
      results.map((one) => one.outcome),
      results.map(({ msgId }) => {
        const after = SOONEST_MS + luck(account, msgId, 'result') * (LATEST_MS - SOONEST_MS)
        return toFull(1_000, now.getTime() + after)
      }),
    ],
  )
}

type Result = {
  msg_id: string
  account_id: number
  fan_id: string
  openid: string
  kind: NewResult['kind']
  template_id: string
  outcome: Outcome
  due_at: Date
}

const AT_ONCE = 100

/** Tells the next results whose time has come; false when there is none. */
export function runDueResults(world: World): Promise<boolean> {
  return world.db.transaction(async (tx) => {
    const due = await tx.rows<Result>(
      `select r.*, fan.openid from notice_result r join fan on fan.id = r.fan_id
       where done_at is null and due_at <= $1 order by due_at, msg_id limit ${AT_ONCE} for update of r`,
      [world.clock.now()],
    )
    if (due.length === 0) return false
    const accounts = new Map<number, Account>()
    for (const result of due) {
      const account = accounts.get(result.account_id) ?? (await getAccountById(tx, result.account_id))
      accounts.set(account.id, account)
      await pushEvent(world, tx, account, {
        openid: result.openid,
        at: result.due_at,
        ...(result.kind === 'template' ? templateEvent(result) : noticeEvent(result)),
      })
    }
    await settleConsents(tx, due)
    await tx.run('update notice_result set done_at = due_at where msg_id = any($1::bigint[])', [
      due.map(({ msg_id }) => msg_id),
    ])
    return true
  })
}

/** As the platform words them: one with a space after the colon, one without. */
const STATUS: Record<Outcome, string> = {
  success: 'success',
  blocked: 'failed:user block',
  failed: 'failed: system failed',
}

const templateEvent = ({ msg_id, outcome }: Result): { event: string; fields: Node[] } => ({
  event: 'TEMPLATESENDJOBFINISH',
  fields: [node('MsgID', msg_id), cdata('Status', STATUS[outcome])],
})

const ERRORS: Record<Outcome, { code: number; status: string }> = {
  success: { code: 0, status: 'success' },
  blocked: { code: 43101, status: 'user refuse to accept the msg' },
  failed: { code: 20000, status: 'system error' },
}

function noticeEvent({ msg_id, template_id, outcome }: Result): { event: string; fields: Node[] } {
  const { code, status } = ERRORS[outcome]
  const told = list('List', [
    cdata('TemplateId', template_id),
    node('MsgID', msg_id),
    node('ErrorCode', code),
    cdata('ErrorStatus', status),
  ])
  return { event: 'subscribe_msg_sent_event', fields: [list('SubscribeMsgSentEvent', [told])] }
}

/** A success spends a one-time consent; a failure gives it back; who refused has none left. */
async function settleConsents(tx: Queries, results: readonly Result[]): Promise<void> {
  const notices = results.filter(({ kind }) => kind === 'subscription')
  if (notices.length === 0) return
  await tx.run(
    `update consent c set pending = greatest(0, c.pending - r.n),
       credits = case when r.refused then 0 when t.type = 3 then c.credits else greatest(0, c.credits - r.spent) end,
       refused = c.refused or r.refused
     from (select fan_id, template_id, count(*)::int as n, (count(*) filter (where outcome = 'success'))::int as spent,
             bool_or(outcome = 'blocked') as refused
           from unnest($1::bigint[], $2::text[], $3::text[]) as u (fan_id, template_id, outcome) group by 1, 2) r
     join template t on t.id = r.template_id
     where c.fan_id = r.fan_id and c.template_id = r.template_id`,
    [
      notices.map((one) => one.fan_id),
      notices.map((one) => one.template_id),
      notices.map((one) => one.outcome),
    ],
  )
}
