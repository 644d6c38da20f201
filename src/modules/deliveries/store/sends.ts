import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { tapsOf } from '../../messages/index.ts'
import type { SendLimits, SendRow, SendVersion } from '../model.ts'

/** Columns of a send under the names of {@link SendRow}; `s` is `sends`. */
export const SEND_COLUMNS = sql`s.id, s.account_id as "accountId", s.owner_kind as "ownerKind", s.owner_id as "ownerId", s.name,
  s.channel, s.purpose, s.lane, s.state, s.pause_reason as "pauseReason", s.pause_detail as "pauseDetail",
  s.rate_per_minute as "ratePerMinute", s.holdout, s.ordered, s.version`

export async function findSend(db: Executor, sendId: string): Promise<SendRow | undefined> {
  const { rows } =
    await sql<SendRow>`select ${SEND_COLUMNS} from sends s where s.id = ${sendId}::bigint`.execute(db)
  return rows[0]
}

export async function insertSend(
  trx: Executor,
  send: Omit<SendRow, 'id' | 'version' | 'pauseReason' | 'pauseDetail'> & { now: Date },
): Promise<string> {
  const row = await trx
    .insertInto('sends')
    .values({
      account_id: send.accountId,
      owner_kind: send.ownerKind,
      owner_id: send.ownerId,
      name: send.name,
      channel: send.channel,
      purpose: send.purpose,
      lane: send.lane,
      state: send.state,
      rate_per_minute: send.ratePerMinute,
      holdout: send.holdout,
      ordered: send.ordered,
      created_at: send.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export type NewVersion = Omit<SendVersion, 'sendId' | 'version'>

export async function insertVersion(
  trx: Executor,
  { sendId, version, now, ...fields }: SendVersion & { now: Date },
): Promise<void> {
  const taps = tapsOf(fields.content)
  await trx
    .insertInto('send_versions')
    .values({
      send_id: sendId,
      version,
      content: JSON.stringify(fields.content),
      template: fields.template === null ? null : JSON.stringify(fields.template),
      limits: JSON.stringify(fields.limits),
      tracked: fields.tracked,
      taps: taps.length === 0 ? null : taps,
      created_at: now,
    })
    .execute()
}

type VersionRow = {
  send_id: string
  version: number
  content: SendVersion['content']
  template: SendVersion['template']
  limits: Partial<SendLimits>
  tracked: boolean
}

/** What a version without limits of its own goes by. */
const NO_LIMITS: SendLimits = { caps: 'inherit', quiet: 'inherit', notAfter: null, still: null }

export async function selectVersions(
  db: Executor,
  keys: readonly { sendId: string; version: number }[],
): Promise<SendVersion[]> {
  const { rows } = await sql<VersionRow>`
    select v.send_id, v.version, v.content, v.template, v.limits, v.tracked
    from unnest(${keys.map((key) => key.sendId)}::bigint[], ${keys.map((key) => key.version)}::int[]) as k (send_id, version)
    join send_versions v on v.send_id = k.send_id and v.version = k.version`.execute(db)
  return rows.map((row) => ({
    sendId: row.send_id,
    version: row.version,
    content: row.content,
    template: row.template,
    limits: { ...NO_LIMITS, ...row.limits },
    tracked: row.tracked,
  }))
}
