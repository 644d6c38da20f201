// A process of its own that follows the log with live rules, as a worker does, and writes down when each was decided.
import { loadConfig } from '../../../src/config.ts'
import { createContext } from '../../../src/context.ts'
import { createReactionSweep, REACTIONS_TOPIC } from '../../../src/modules/ingest/index.ts'
import { readCatalogue } from '../../../src/modules/segments/compiler/index.ts'
import { byEvent, decideEvents, type LiveRule } from '../../../src/modules/segments/live.ts'
import { type Rule, ruleSchema } from '../../../src/modules/segments/schema/rule.ts'

export type FollowOrder = { databaseUrl: string; rules: { id: string; event: string; audience: Rule }[] }

const order = JSON.parse(process.argv[2] ?? '{}') as FollowOrder
const ctx = await createContext(loadConfig(), { databaseUrl: order.databaseUrl })
const rules: LiveRule[] = []
for (const { id, event, audience } of order.rules) {
  const rule = ruleSchema.parse(audience)
  const catalogue = await readCatalogue(ctx.db, rule, ctx.clock.now())
  rules.push({ id, event: { event, where: [] }, audience: rule, catalogue })
}
const live = byEvent(rules)
const sweep = createReactionSweep([
  {
    name: 'bench.rules',
    chunk: 2_000,
    events: [...live.keys()],
    async react(_ctx, events) {
      const fired = await decideEvents(ctx.db, live, { events, at: ctx.clock.now() })
      await ctx.pool.query(
        `insert into bench_decided (event_id, decided_at)
         select unnest($1::bigint[]), clock_timestamp() on conflict do nothing`,
        [events.map(({ id }) => id)],
      )
      await ctx.pool.query(
        `insert into bench_fired (rule_id, event_id)
         select * from unnest($1::text[], $2::bigint[]) on conflict do nothing`,
        [fired.map(({ ruleId }) => ruleId), fired.map(({ eventId }) => eventId)],
      )
    },
  },
])
let wake: () => void = () => undefined
let told = false
ctx.wake.on(REACTIONS_TOPIC, () => {
  told = true
  wake()
})
let going = true
process.once('disconnect', () => process.exit())
process.once('SIGTERM', () => {
  going = false
  wake()
})
console.log('follower: ready')
const signal = new AbortController().signal
while (going) {
  told = false
  // told while it looked: it may have looked too early
  if ((await sweep.run(ctx, signal)) > 0 || told) continue
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 1_000)
    wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}
await ctx.close()
process.exit()
