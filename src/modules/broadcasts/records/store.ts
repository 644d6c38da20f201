import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { addBeijingDays, startOfDay } from '../../../kernel/beijing.ts'
import { deliveryState } from '../../deliveries/schema.ts'
import { armLabelOf, type BatchTally } from '../rules.ts'
import type { ArmState, BroadcastState, Content, Label } from '../schema.ts'

/** 群发记录: what went out, with the keys that WeChat counts its articles under. */
export type RecordRow = {
  /** Of the broadcast. */
  id: string
  armId: string
  arm: number
  /** Of the group where there are several, and the letter of a variant; null where it is the whole. */
  groupName: string | null
  /** What was left after a test. */
  isRest: boolean
  accountId: string
  accountName: string
  activityName: string | null
  name: string
  kind: Content['kind']
  label: Label
  sentAt: Date
  endedAt: Date | null
  delivered: number
  /** Delivered, but WeChat's numbers never came. */
  uncounted: number
  titles: string[]
  msgDataIds: string[]
  /** Beijing days under which WeChat may file it. */
  days: string[]
}

export type RecordFilter = {
  accountIds: readonly string[]
  label?: Label | undefined
  kind?: Content['kind'] | undefined
  activityId?: string | undefined
  q?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

type Raw = Omit<RecordRow, 'label'> & {
  state: BroadcastState
  armState: ArmState
  tally: Partial<BatchTally>
}

const COLUMNS = sql`b.id, r.id as "armId", r.number as arm,
  nullif(concat_ws(' ', case when (select count(*) from broadcast_groups o where o.broadcast_id = b.id) > 1 then g.name end,
    case when r.kind = 'variant' then chr(65 + r.number - (select min(o.number) from broadcast_arms o where o.group_id = g.id)) end), '')
    as "groupName", r.kind = 'rest' as "isRest", b.account_id as "accountId", a.name as "accountName", ac.name as "activityName", b.name, b.state, r.state as "armState",
  coalesce(r.content ->> 'kind', 'articles') as kind, coalesce(r.started_at, r.send_at, b.confirmed_at, b.created_at) as "sentAt", r.ended_at as "endedAt",
  coalesce((select jsonb_agg(x.article ->> 'title' order by x.n)
    from jsonb_array_elements(r.frozen_content -> 'articles') with ordinality as x (article, n)), '[]') as titles,
  t.delivered, t.uncounted, t.tally, t.ids as "msgDataIds", t.days`
const SOURCE = sql`from broadcast_arms r join broadcasts b on b.id = r.broadcast_id join broadcast_groups g on g.id = r.group_id
  join accounts a on a.id = b.account_id left join activities ac on ac.id = g.activity_id
  cross join lateral (
    select coalesce(sum(n.delivered), 0)::int as delivered, coalesce(sum(n.uncounted), 0)::int as uncounted,
      coalesce(jsonb_object_agg(n.state, n.batches) filter (where n.state is not null), '{}') as tally,
      coalesce(jsonb_agg(n.ids) filter (where n.ids is not null) -> 0, '[]') as ids,
      coalesce(jsonb_agg(n.days) filter (where n.days is not null) -> 0, '[]') as days
    from (
      select x.state, count(*)::int as batches, sum(x.sent_count) filter (where x.state = 'delivered') as delivered,
        sum(x.size) filter (where x.state = 'delivered' and x.sent_count is null) as uncounted,
        jsonb_agg(x.msg_data_id) filter (where x.state = 'delivered' and x.msg_data_id is not null) as ids,
        jsonb_agg(jsonb_build_array((x.accepted_at at time zone 'Asia/Shanghai')::date, (x.finished_at at time zone 'Asia/Shanghai')::date))
          filter (where x.state = 'delivered' and x.msg_data_id is not null) as days
      from broadcast_batches x where x.broadcast_id = b.id and x.arm = r.number group by x.state) n) t`

const NO_BATCH = Object.fromEntries(deliveryState.options.map((state) => [state, 0])) as BatchTally

function present({ state, armState, tally, ...row }: Raw): RecordRow {
  const days = (row.days as unknown as (string | null)[][]).flat().filter((day) => day !== null)
  return {
    ...row,
    days: [...new Set(days)].sort(),
    label: armLabelOf(state, { state: armState, tally: { ...NO_BATCH, ...tally } }),
  }
}

export async function findRecord(
  db: Executor,
  { accountId, broadcastId, arm }: { accountId: string; broadcastId: string; arm: number },
): Promise<RecordRow | undefined> {
  const { rows } = await sql<Raw>`select ${COLUMNS} ${SOURCE}
    where b.account_id = ${accountId}::bigint and b.id = ${broadcastId}::bigint and r.number = ${arm}`.execute(
    db,
  )
  return rows[0] && present(rows[0])
}

const startOf = (day: string | undefined): Date | null => (day === undefined ? null : startOfDay(day))

/**
 * One page of what went out, newest first; `last` is where the next begins, whether or not a row of this page has the label that
 * was asked for (it is derived).
 */
export async function readRecords(
  db: Executor,
  filter: RecordFilter,
  { before, limit }: { before: string | null; limit: number },
): Promise<{ rows: RecordRow[]; last: string | null }> {
  const { q = null, kind = null, activityId = null } = filter
  const until = filter.to === undefined ? null : startOfDay(addBeijingDays(filter.to, 1))
  const { rows } = await sql<Raw>`select ${COLUMNS} ${SOURCE}
    where b.account_id = any(${[...filter.accountIds]}::bigint[])
      and r.state in ('running', 'asking', 'ended', 'failed', 'cancelled') and b.confirmed_at is not null
      and (${before}::bigint is null or r.id < ${before}::bigint)
      and (${kind}::text is null or r.content ->> 'kind' = ${kind})
      and (${activityId}::bigint is null or g.activity_id = ${activityId}::bigint)
      and (${startOf(filter.from)}::timestamptz is null or coalesce(r.started_at, r.send_at, b.confirmed_at) >= ${startOf(filter.from)})
      and (${until}::timestamptz is null or coalesce(r.started_at, r.send_at, b.confirmed_at) < ${until})
      and (${q}::text is null or strpos(lower(b.name), lower(${q})) > 0 or exists (
        select 1 from jsonb_array_elements(r.frozen_content -> 'articles') as x (article)
        where strpos(lower(x.article ->> 'title'), lower(${q})) > 0))
    order by r.id desc limit ${limit}`.execute(db)
  const found = rows.map(present)
  return {
    rows: found.filter((row) => filter.label === undefined || row.label === filter.label),
    last: rows.length < limit ? null : (rows.at(-1)?.armId ?? null),
  }
}

const PAGE = 200

/** All of them, a page in memory at a time. */
export async function* allRecords(db: Executor, filter: RecordFilter): AsyncGenerator<RecordRow[]> {
  let before: string | null = null
  do {
    const { rows, last } = await readRecords(db, filter, { before, limit: PAGE })
    if (rows.length > 0) yield rows
    before = last
  } while (before !== null)
}
