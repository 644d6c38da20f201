import { request } from 'undici'
import { openNext } from '../../../src/modules/broadcasts/arms/open.ts'
import { createBroadcast } from '../../../src/modules/broadcasts/commands/draft.ts'
import { preflightBroadcast, sendBroadcast } from '../../../src/modules/broadcasts/commands/send.ts'
import { prepareNext } from '../../../src/modules/broadcasts/prepare.ts'
import { readBroadcast } from '../../../src/modules/broadcasts/present.ts'
import type { Content } from '../../../src/modules/broadcasts/schema.ts'
import { resolveArticles } from '../../../src/modules/contents/index.ts'
import { bareToken } from '../accounts.ts'
import { type Bench, run } from '../bench.ts'
import { median, spread, timed } from '../measure.ts'
import type { CaseResult } from '../report.ts'
import { everybody, type Large, largePopulation, syncedArticles } from './large.ts'

const TEXT: Content = { kind: 'text', text: '今天下午三点，新品试饮 😀' }
const BARE = `create table if not exists bare (broadcast_id bigint, fan_id bigint, primary key (broadcast_id, fan_id))`
const never = new AbortController().signal

/**
 * The selecting step of a confirmed mass send to everybody by openid list: from the claim to committed recipients and
 * batches. Its ceiling is the bare INSERT … SELECT of as many two-column rows as there are reachable fans, under the
 * same primary key. The copies of the draft are measured apart: they are calls of the platform.
 */
export async function measureFreeze(bench: Bench): Promise<CaseResult> {
  const large = await largePopulation(bench)
  const { world, fans } = large
  await run(world.databaseUrl, BARE)
  const bare: number[] = []
  const freeze: number[] = []
  for (let round = 0; round < bench.sizes.rounds; round += 1) {
    await run(world.databaseUrl, 'checkpoint')
    bare.push(
      await timed(() =>
        run(
          world.databaseUrl,
          'insert into bare (broadcast_id, fan_id) select $1::bigint, n from generate_series(1, $2::bigint) as n',
          [round, bench.sizes.fans],
        ),
      ),
    )
    const key = await confirmed(large, TEXT)
    await run(world.databaseUrl, 'checkpoint')
    freeze.push(await timed(() => prepareNext(world.ctx)))
    await expectReady(large, key, 'running')
  }
  const copies = await measureCopies(large)
  return {
    figures: [
      {
        name: `freeze, ${copies.batches} batches ready`,
        value: median(freeze),
        unit: 's',
        ceiling: { what: 'bare INSERT … SELECT', value: median(bare) },
        goal: { says: '≤ 8 s', met: median(freeze) <= 8 },
      },
      {
        name: 'one draft copy per batch',
        value: copies.batches / copies.ours,
        unit: '/s',
        ceiling: { what: 'bare draft/add, one after another', value: copies.batches / copies.bare },
      },
    ],
    notes: [
      `${fans.toLocaleString('en')} fans, ${bench.sizes.fans.toLocaleString('en')} of them reachable; freeze in ${spread(freeze, 's')}, bare insert in ${spread(bare, 's')}`,
      `${copies.batches} draft copies took ${copies.ours.toFixed(1)} s against the simulated WeChat in a process of its own`,
    ],
  }
}

/** A mass send to everybody as it is when an operator has just confirmed it. */
async function confirmed({ world, account }: Large, content: Content) {
  const { ctx } = world
  const draft = await createBroadcast(ctx, account.id, {
    name: '基准 Bench',
    timing: { kind: 'now' },
    groups: [everybody(content)],
  })
  const key = { accountId: account.id, broadcastId: draft.id }
  const { reached, blockers } = await preflightBroadcast(ctx, key)
  if (blockers.length > 0) throw new Error(`the send is blocked: ${JSON.stringify(blockers)}`)
  await sendBroadcast(ctx, key, { version: draft.version, expected: [{ arm: 0, reached }] })
  return key
}

async function expectReady({ world }: Large, key: { accountId: string; broadcastId: string }, state: string) {
  const broadcast = await readBroadcast(world.ctx, key.accountId, key.broadcastId)
  if (broadcast.state !== state) throw new Error(`the broadcast is ${broadcast.state}, not ${state}`)
  return broadcast.batchCount
}

async function measureCopies(large: Large): Promise<{ batches: number; ours: number; bare: number }> {
  const { world, account } = large
  const { ctx } = world
  const articles = await syncedArticles(large)
  const key = await confirmed(large, { kind: 'articles', articles })
  await prepareNext(ctx)
  const batches = await expectReady(large, key, 'running')
  const body = JSON.stringify({ articles: await resolveArticles(ctx, account.id, articles) })
  const url = `${world.simulator.url}/cgi-bin/draft/add?access_token=${await bareToken(world, account)}`
  const bare = await timed(async () => {
    for (let done = 0; done < batches; done += 1) {
      const answer = await request(url, { method: 'POST', body })
      if (!(await answer.body.text()).includes('media_id')) throw new Error('the bare copy was refused')
    }
  })
  const ours = await timed(async () => {
    while (await openNext(ctx, never));
  })
  await expectReady(large, key, 'running')
  return { batches, ours, bare }
}
