import { beijingMonth } from '../../../src/kernel/beijing.ts'
import { createBroadcast } from '../../../src/modules/broadcasts/commands/draft.ts'
import { preflightBroadcast } from '../../../src/modules/broadcasts/commands/send.ts'
import { type Bench, run } from '../bench.ts'
import { median, spread, timed } from '../measure.ts'
import type { CaseResult } from '../report.ts'
import { everybody, largePopulation } from './large.ts'

/** The join that any pre-flight needs, fans with what the month holds for them; unused, it would be planned away. */
const COUNT = `select count(*), count(m.used) from fans f
  left join mass_allowances m on m.account_id = f.account_id and m.month = $2::date and m.fan_id = f.id
  where f.account_id = $1::bigint`

/** The whole command as the console's button calls it, against a bare count(*) over the same join. */
export async function measurePreflight(bench: Bench): Promise<CaseResult> {
  const { world, account, fans } = await largePopulation(bench)
  const draft = await createBroadcast(world.ctx, account.id, {
    name: '基准 Bench',
    timing: { kind: 'now' },
    groups: [everybody({ kind: 'text', text: '今天下午三点，新品试饮 😀' })],
  })
  const key = { accountId: account.id, broadcastId: draft.id }
  const month = `${beijingMonth(world.ctx.clock.now())}-01`
  const bare: number[] = []
  const ours: number[] = []
  let reached = 0
  for (let round = 0; round < bench.sizes.rounds + 2; round += 1) {
    bare.push(await timed(() => run(world.databaseUrl, COUNT, [account.id, month])))
    ours.push(
      await timed(async () => {
        reached = (await preflightBroadcast(world.ctx, key)).reached
      }),
    )
  }
  if (reached !== bench.sizes.fans) throw new Error(`pre-flight reaches ${reached}, not ${bench.sizes.fans}`)
  return {
    figures: [
      {
        name: 'pre-flight',
        value: median(ours),
        unit: 's',
        ceiling: { what: 'bare count(*) over the same join', value: median(bare) },
        goal: { says: '≤ 5 s', met: median(ours) <= 5 },
      },
    ],
    notes: [
      `${fans.toLocaleString('en')} fans, ${reached.toLocaleString('en')} reached; pre-flight in ${spread(ours, 's')}, bare count in ${spread(bare, 's')}`,
    ],
  }
}
