import { createBroadcast } from '../../../src/modules/broadcasts/commands/draft.ts'
import { preflightBroadcast, sendBroadcast } from '../../../src/modules/broadcasts/commands/send.ts'
import { unscheduleBroadcast } from '../../../src/modules/broadcasts/commands/times.ts'
import { prepareNext } from '../../../src/modules/broadcasts/prepare.ts'
import { readBroadcast } from '../../../src/modules/broadcasts/present.ts'
import type { GroupDraft } from '../../../src/modules/broadcasts/schema.ts'
import { type Bench, run } from '../bench.ts'
import { median, spread, timed } from '../measure.ts'
import type { CaseResult } from '../report.ts'
import { everybody, type Large, largePopulation, syncedArticles } from './large.ts'

type Articles = Awaited<ReturnType<typeof syncedArticles>>

const BARE = `create table if not exists bare_groups (round bigint, fan_id bigint, place smallint, primary key (round, fan_id))`
/** The same split, without asking anything of anybody. */
const SPLIT = `insert into bare_groups
  select $1::bigint, f.id, case when a.fan_id is not null then case when random() < 0.1 then 3 when random() < 0.1 then 4 else 0 end
    when b.fan_id is not null then 1 else 2 end
  from fans f left join fan_list_members a on a.list_id = $2::bigint and a.fan_id = f.id
  left join fan_list_members b on b.list_id = $3::bigint and b.fan_id = f.id
  where f.account_id = $4::bigint and f.following`

/**
 * Pre-flight and preparing of three groups that have everybody between them: two lists of which the second names a third of
 * the first as well, and all who remain; the first with an A/B test of two articles, each at a time of its own, everybody's
 * place booked. Its ceiling is a bare INSERT … SELECT of the same split.
 */
export async function measureGroups(bench: Bench): Promise<CaseResult> {
  const large = await largePopulation(bench)
  const { world, account, fans } = large
  await run(world.databaseUrl, BARE)
  const articles = await syncedArticles(large)
  const first = await listOf(large, 0, 0.6)
  const second = await listOf(large, 0.4, 0.9)
  const bare: number[] = []
  const preflight: number[] = []
  const freeze: number[] = []
  let reached = 0
  for (let round = 0; round < bench.sizes.rounds; round += 1) {
    await run(world.databaseUrl, 'checkpoint')
    bare.push(await timed(() => run(world.databaseUrl, SPLIT, [round, first, second, account.id])))
    const sendAt = atHours(world.ctx.clock.now(), 3)
    const draft = await createBroadcast(world.ctx, account.id, {
      name: '基准 Bench',
      timing: { kind: 'each' },
      groups: [
        tested(group({ kind: 'list', listId: first }, sendAt), articles),
        group({ kind: 'list', listId: second }, sendAt),
        group({ kind: 'remaining' }, sendAt),
      ],
    })
    const key = { accountId: account.id, broadcastId: draft.id }
    preflight.push(
      await timed(async () => {
        reached = (await preflightBroadcast(world.ctx, key)).reached
      }),
    )
    const { groups } = await preflightBroadcast(world.ctx, key)
    const expected = groups.flatMap(({ arms }) =>
      arms.map((arm) => ({ arm: arm.number, reached: arm.reached })),
    )
    await sendBroadcast(world.ctx, key, { version: draft.version, expected })
    await run(world.databaseUrl, 'checkpoint')
    freeze.push(
      await timed(async () => {
        while ((await prepareNext(world.ctx)) > 0);
      }),
    )
    const { state, totals } = await readBroadcast(world.ctx, account.id, draft.id)
    if (state !== 'scheduled' || totals.planned !== reached)
      throw new Error(`the send is ${state} with ${totals.planned} of ${reached} people`)
    await unscheduleBroadcast(world.ctx, key)
  }
  return {
    figures: [
      {
        name: 'A/B test and two groups, prepared and booked',
        value: median(freeze),
        unit: 's',
        ceiling: { what: 'bare INSERT … SELECT of the same split', value: median(bare) },
        goal: { says: '≤ 12 s', met: median(freeze) <= 12 },
      },
      {
        name: 'the same, pre-flight',
        value: median(preflight),
        unit: 's',
      },
    ],
    notes: [
      `${fans.toLocaleString('en')} fans, ${reached.toLocaleString('en')} in groups; prepared in ${spread(freeze, 's')}, pre-flight in ${spread(preflight, 's')}, bare split in ${spread(bare, 's')}`,
    ],
  }
}

const HOUR = 3_600_000
const atHours = (now: Date, hours: number) => new Date(now.getTime() + hours * HOUR).toISOString()

const group = (audience: GroupDraft['audience'], sendAt: string): GroupDraft => ({
  ...everybody({ kind: 'text', text: '今天下午三点，新品试饮 😀' }),
  audience,
  sendAt,
})

/** With two test groups of a tenth each; the rest two days on. */
function tested({ sendAt, ...rest }: GroupDraft, articles: Articles): GroupDraft {
  const at = sendAt ?? ''
  const variant = { share: 1_000, sendAt: at, content: { kind: 'articles' as const, articles } }
  const restAt = atHours(new Date(at), 48)
  const missing = { afterHours: 24, do: 'ask' as const }
  return {
    ...rest,
    sendAt: null,
    content: null,
    test: { restAt, unsure: null, missing, variants: [variant, variant] },
  }
}

/** A fan list of the part of the account's fans between two shares of them, by their ids. */
async function listOf({ world, account }: Large, from: number, to: number): Promise<string> {
  const { rows } = await run(
    world.databaseUrl,
    `with bounds as (select min(id) as low, max(id) - min(id) as span from fans where account_id = $1::bigint),
       l as (insert into fan_lists (account_id, name, size, created_at) values ($1, 'L', 0, now()) returning id),
       m as (insert into fan_list_members (list_id, fan_id)
         select l.id, f.id from l, bounds, fans f where f.account_id = $1::bigint
           and f.id between low + span * $2::float8 and low + span * $3::float8)
     select id from l`,
    [account.id, from, to],
  )
  return String(rows[0]?.id)
}
