import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { ArticleInput } from '../../../wechat/payloads/drafts.ts'
import type { MassContent } from '../../../wechat/payloads/mass.ts'
import { sendAtOf } from '../rules/times.ts'
import type { BatchTally } from '../rules.ts'
import {
  type ArmKind,
  type ArmState,
  type AudienceBasis,
  audienceBasis,
  type Content,
  content,
  type GroupAudience,
  type GroupDraft,
  groupAudience,
  type MissedPolicy,
  type Path,
  type TestPlan,
  type Timing,
  type Totals,
  testPlan,
  type Verdict,
  verdict,
} from '../schema.ts'

/** Content as it was when the send was confirmed; later edits of materials don't reach it. */
export type FrozenContent =
  | { kind: 'articles'; articles: ArticleInput[] }
  | { kind: 'ready'; message: MassContent }
  | { kind: 'video'; mediaId: string; title: string; description: string }

export type ArmRow = {
  id: string
  broadcastId: string
  number: number
  kind: ArmKind
  share: number | null
  state: ArmState
  /** Null for a rest until its variant is chosen. */
  content: Content | null
  frozenContent: FrozenContent | null
  sendAt: Date | null
  reason: string | null
  detail: Record<string, unknown> | null
  planned: number | null
  skipped: Record<string, number>
  queuedAt: Date | null
  openedAt: Date | null
  startedAt: Date | null
  endedAt: Date | null
  /** Of a rest: whose content it gets, who said so (null: the figures), and by which figures. */
  chosenArm: number | null
  chosenByName: string | null
  verdict: Verdict | null
  fence: string
  tally: BatchTally
  batchesReady: number
  totals: Totals
}

export type GroupRow = {
  id: string
  place: number
  name: string
  activity: { id: string; name: string } | null
  audience: GroupAudience
  basis: AudienceBasis | null
  path: Path
  ignoreReprint: boolean
  missed: MissedPolicy
  holdout: number
  test: TestPlan | null
  total: number | null
  filtered: number | null
  arms: ArmRow[]
}

const TALLY = sql`select
    count(*) filter (where x.state = 'planned') as planned, count(*) filter (where x.state = 'held') as held,
    count(*) filter (where x.state = 'skipped') as skipped, count(*) filter (where x.state = 'sending') as sending,
    count(*) filter (where x.state = 'accepted') as accepted, count(*) filter (where x.state = 'delivered') as delivered,
    count(*) filter (where x.state = 'failed') as failed, count(*) filter (where x.state = 'unknown') as unknown,
    count(*) filter (where x.draft_media_id is not null) as copied,
    coalesce(sum(x.size) filter (where x.state in ('planned', 'held', 'sending')), 0) as people_waiting,
    coalesce(sum(x.size) filter (where x.state in ('accepted', 'delivered')), 0) as people_submitted,
    coalesce(sum(x.sent_count) filter (where x.state = 'delivered'), 0) as people_delivered,
    coalesce(sum(x.size) filter (where x.state = 'delivered' and x.sent_count is null), 0) as people_uncounted,
    coalesce(sum(x.size - x.sent_count) filter (where x.state = 'delivered' and x.sent_count is not null), 0) as people_erred,
    coalesce(sum(x.size) filter (where x.state = 'failed'), 0) as people_failed,
    coalesce(sum(x.size) filter (where x.state = 'unknown'), 0) as people_unknown
  from broadcast_batches x where x.broadcast_id = a.broadcast_id and x.arm = a.number`

type Raw = Record<string, unknown>

/** The groups of these broadcasts in order, each with its arms and what their batches came to. Contents as frozen only if asked. */
export async function groupsOf(
  db: Executor,
  broadcastIds: readonly string[],
  { frozen = false } = {},
): Promise<Map<string, GroupRow[]>> {
  const found = new Map<string, GroupRow[]>(broadcastIds.map((id) => [id, []]))
  if (broadcastIds.length === 0) return found
  const { rows } = await sql<Raw>`${prepare}
    select g.id as group_id, g.place, g.name as group_name, g.audience, g.audience_basis, g.path, g.ignore_reprint, g.missed,
      g.total, g.filtered, ac.id as activity_id, ac.name as activity_name, a.id, a.broadcast_id, a.number, a.kind, a.state,
      a.share, a.chosen_arm, chooser.name as chosen_by_name, a.verdict, g.holdout, g.test,
      a.content, ${frozen ? sql`a.frozen_content` : sql`null`} as frozen_content, a.send_at, a.reason, a.detail,
      a.planned as people_planned, a.skipped as people_skipped, a.queued_at, a.opened_at, a.started_at, a.ended_at, a.fence, t.*
    from broadcast_groups g join broadcast_arms a on a.group_id = g.id
    left join activities ac on ac.id = g.activity_id left join operators chooser on chooser.id = a.chosen_by cross join lateral (${TALLY}) t
    where g.broadcast_id = any(${[...broadcastIds]}::bigint[]) order by g.broadcast_id, g.place, a.number`.execute(
    db,
  )
  for (const row of rows) {
    const groups = found.get(row['broadcast_id'] as string)
    const last = groups?.at(-1)
    if (last?.id === row['group_id']) last?.arms.push(armOf(row))
    else groups?.push(groupOf(row))
  }
  return found
}

function groupOf(row: Raw): GroupRow {
  return {
    id: row['group_id'] as string,
    place: row['place'] as number,
    name: row['group_name'] as string,
    activity:
      row['activity_id'] === null
        ? null
        : { id: row['activity_id'] as string, name: row['activity_name'] as string },
    audience: groupAudience.parse(row['audience']),
    basis: row['audience_basis'] === null ? null : audienceBasis.parse(row['audience_basis']),
    path: row['path'] as Path,
    ignoreReprint: row['ignore_reprint'] as boolean,
    missed: row['missed'] as MissedPolicy,
    holdout: row['holdout'] as number,
    test: row['test'] === null ? null : testPlan.parse(row['test']),
    total: row['total'] as number | null,
    filtered: row['filtered'] as number | null,
    arms: [armOf(row)],
  }
}

function armOf(row: Raw): ArmRow {
  const skipped = row['people_skipped'] as Record<string, number>
  const count = (key: string) => Number(row[key])
  return {
    id: row['id'] as string,
    broadcastId: row['broadcast_id'] as string,
    number: row['number'] as number,
    kind: row['kind'] as ArmKind,
    share: row['share'] as number | null,
    state: row['state'] as ArmState,
    content: row['content'] === null ? null : content.parse(row['content']),
    frozenContent: row['frozen_content'] as FrozenContent | null,
    sendAt: row['send_at'] as Date | null,
    reason: row['reason'] as string | null,
    detail: row['detail'] as Record<string, unknown> | null,
    planned: row['people_planned'] as number | null,
    skipped,
    queuedAt: row['queued_at'] as Date | null,
    openedAt: row['opened_at'] as Date | null,
    startedAt: row['started_at'] as Date | null,
    endedAt: row['ended_at'] as Date | null,
    chosenArm: row['chosen_arm'] as number | null,
    chosenByName: row['chosen_by_name'] as string | null,
    verdict: row['verdict'] === null ? null : verdict.parse(row['verdict']),
    fence: row['fence'] as string,
    tally: {
      planned: count('planned'),
      held: count('held'),
      skipped: count('skipped'),
      sending: count('sending'),
      accepted: count('accepted'),
      delivered: count('delivered'),
      failed: count('failed'),
      unknown: count('unknown'),
    },
    batchesReady: count('copied'),
    totals: {
      planned: (row['people_planned'] as number | null) ?? 0,
      skipped: Object.values(skipped).reduce((sum, people) => sum + people, 0),
      waiting: count('people_waiting'),
      submitted: count('people_submitted'),
      delivered: count('people_delivered'),
      uncounted: count('people_uncounted'),
      platformFailed: count('people_erred'),
      failed: count('people_failed'),
      unknown: count('people_unknown'),
    },
  }
}

export async function insertGroups(
  db: Executor,
  { broadcastId, accountId, timing }: { broadcastId: string; accountId: string; timing: Timing },
  groups: readonly GroupDraft[],
): Promise<void> {
  let number = 0
  for (const [place, group] of groups.entries()) {
    const { test } = group
    const { id } = await db
      .insertInto('broadcast_groups')
      .values({
        broadcast_id: broadcastId,
        place,
        name: group.name,
        activity_id: group.activityId,
        audience: JSON.stringify(group.audience),
        path: group.path,
        ignore_reprint: group.ignoreReprint,
        missed: group.missed,
        holdout: group.holdout,
        test: test === null ? null : JSON.stringify(testPlan.parse(test)),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const arms = armsIn(group, timing).map(({ content: meant, ...arm }) => ({
      broadcast_id: broadcastId,
      account_id: accountId,
      group_id: id,
      number: number++,
      content: meant === null ? null : JSON.stringify(meant),
      ...arm,
    }))
    await db.insertInto('broadcast_arms').values(arms).execute()
  }
}

type NewArm = { kind: ArmKind; share: number | null; content: Content | null; send_at: string | null }

/** A tested group keeps times of its own, whatever holds for the others. */
function armsIn({ test, content, sendAt }: GroupDraft, timing: Timing): NewArm[] {
  if (test === null) return [{ kind: 'whole', share: null, content, send_at: sendAtOf(timing, sendAt) }]
  const variants = test.variants.map((variant) => ({
    kind: 'variant' as const,
    share: variant.share,
    content: variant.content,
    send_at: variant.sendAt,
  }))
  return [...variants, { kind: 'rest', share: null, content: null, send_at: test.restAt }]
}

export const deleteGroups = (db: Executor, broadcastId: string) =>
  db.deleteFrom('broadcast_groups').where('broadcast_id', '=', broadcastId).execute()

/** What a group turned out to be when it was frozen. */
export async function setGroupCounts(
  trx: Executor,
  groupId: string,
  { total, filtered, basis }: { total: number; filtered: number; basis: AudienceBasis | null },
): Promise<void> {
  await trx
    .updateTable('broadcast_groups')
    .set({ total, filtered, audience_basis: basis === null ? null : JSON.stringify(basis) })
    .where('id', '=', groupId)
    .execute()
}
