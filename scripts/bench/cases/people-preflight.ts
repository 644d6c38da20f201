import { sql } from 'kysely'
import { getAccount } from '../../../src/modules/accounts/index.ts'
import { type NewSend, preflightDeliveries } from '../../../src/modules/deliveries/index.ts'
import type { Bench } from '../bench.ts'
import { run } from '../bench.ts'
import { median, spread, timed } from '../measure.ts'
import type { CaseResult } from '../report.ts'
import { openWindows, textContent } from '../sends.ts'
import { largePopulation } from './large.ts'

const personal: NewSend['content'] = {
  ...textContent,
  channel: 'customer-service',
  message: { msgtype: 'text', text: { content: '{{称呼}}，你预约的新品到店了' } },
  variables: { 称呼: { source: { from: 'person-name' }, format: null, missing: { fallback: '你' } } },
}

/**
 * The pre-flight of a message to everybody one by one: the same content for all, then one with a name in it, which is rendered
 * for every person. The ceiling is a bare count over fans and their windows.
 */
export async function measurePeoplePreflight(bench: Bench): Promise<CaseResult> {
  const { world, account } = await largePopulation(bench)
  await openWindows(world, account)
  const bound = await getAccount(world.ctx, account.id)
  const ask = (content: NewSend['content']) =>
    preflightDeliveries(world.ctx, {
      account: bound,
      owner: { kind: 'campaign', id: '1' },
      channel: 'customer-service',
      purpose: 'marketing',
      limits: { caps: 'inherit', quiet: 'none', notAfter: null },
      holdout: 0,
      content,
      template: null,
      tracked: false,
      ratePerMinute: null,
      people: sql`select contact_id from fans where account_id = ${account.id}::bigint`,
      at: world.ctx.clock.now(),
    })
  const bare: number[] = []
  const same: number[] = []
  const own: number[] = []
  let reached = 0
  for (let round = 0; round < bench.sizes.rounds; round += 1) {
    bare.push(
      await timed(() =>
        run(
          world.databaseUrl,
          `select count(*), count(w.used) from fans f left join service_windows w on w.fan_id = f.id where f.account_id = $1`,
          [account.id],
        ),
      ),
    )
    same.push(
      await timed(async () => {
        reached = (await ask(textContent)).reached
      }),
    )
    own.push(
      await timed(async () => {
        const answer = await ask(personal)
        if (answer.reached !== reached)
          throw new Error(`${answer.reached} reached with names, ${reached} without`)
      }),
    )
  }
  return {
    figures: [
      {
        name: 'the same for everybody',
        value: median(same),
        unit: 's',
        ceiling: { what: 'bare count over fans and windows', value: median(bare) },
        goal: { says: '≤ 5 s', met: median(same) <= 5 },
      },
      {
        name: 'with a name in it',
        value: median(own),
        unit: 's',
        goal: { says: '≤ 30 s', met: median(own) <= 30 },
      },
    ],
    notes: [
      `${reached.toLocaleString('en')} reached; the same for everybody in ${spread(same, 's')}, with a name in ${spread(own, 's')}, bare in ${spread(bare, 's')}`,
    ],
  }
}
