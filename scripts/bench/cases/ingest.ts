import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { createSource } from '../../../src/modules/sources/index.ts'
import { type Bench, run, type World } from '../bench.ts'
import type { LoadOrder, LoadResult } from '../load/client.ts'
import type { FollowOrder } from '../load/follower.ts'
import { send } from '../load/send.ts'
import { median, spread, timed } from '../measure.ts'
import { startProcess } from '../processes.ts'
import type { CaseResult, Figure } from '../report.ts'

const CONNECTIONS = 32
const RULES = 50
const PACE = 1_000

/**
 * Events of known people over Segment's HTTP format, each answered after the commit that stores it with its key and its
 * person. The ceiling is COPY of as many events into a table without an index. Then the whole way: a follower in a
 * process of its own decides 50 live rules (one attribute of the person, and something they never did) about what came
 * in, while it comes in. API, PostgreSQL, client and follower share the cores.
 */
export async function measureIngest(bench: Bench): Promise<CaseResult> {
  const people = Math.max(1_000, Math.round(bench.sizes.fans / 10))
  const world = await bench.world()
  try {
    await populate(world, people)
    const { keys } = await createSource(world.ctx, { name: '基准', kind: 'server' })
    const api = await world.role('api')
    const target: Target = { bench, world, url: api.url, writeKey: keys.writeKey, people }
    const events = Math.max(5_000, Math.round(bench.sizes.fans / 5))
    await deliver(target, { events: 5_000, batch: 100, names: ['warm'] })
    const figures: Figure[] = []
    const copies: number[] = []
    const batched: number[] = []
    const single: number[] = []
    for (let round = 0; round < bench.sizes.rounds; round += 1) {
      copies.push(events / (await timed(() => copyBare(world.databaseUrl, events, people))))
      const load = await deliver(target, { events, batch: 100, names: ['view_page', 'view_product'] })
      batched.push(events / load.seconds)
      const few = Math.round(events / 5)
      single.push(few / (await deliver(target, { events: few, batch: 1, names: ['view_page'] })).seconds)
    }
    const ceiling = { what: 'bare COPY', value: median(copies) }
    figures.push(
      figure('durable events in batches of 100', median(batched), { ceiling, least: 20_000 }),
      figure('durable events one a request', median(single), { ceiling, least: 4_000 }),
    )
    // what autovacuum does within a minute of such a flood
    await run(world.databaseUrl, 'vacuum (analyze)')
    const one = await follow(target, { rulesPerName: 1, events })
    const ten = await follow(target, { rulesPerName: 10, events })
    figures.push(
      figure('to a decision of 50 live rules, each event matching one', one.perSecond, {
        ceiling,
        least: 6_000,
      }),
      figure('the same, each event matching 10 of 50', ten.perSecond, { ceiling, least: 6_000 }),
    )
    const paced = await follow(target, { rulesPerName: 1, events: PACE * 10, perSecond: PACE })
    figures.push({
      name: `from accepted to decided at ${PACE.toLocaleString('en')} events a second, 99 of 100`,
      value: paced.p99Ms,
      unit: 'ms',
      goal: { says: '≤ 500 ms', met: paced.p99Ms <= 500 },
    })
    return {
      figures,
      notes: [
        `${events.toLocaleString('en')} events a round of ${people.toLocaleString('en')} people over ${CONNECTIONS} connections; batches ${spread(batched, '/s')}, single ${spread(single, '/s')}, COPY ${spread(copies, '/s')}`,
        `live rules: ${one.fired.toLocaleString('en')} of ${one.events.toLocaleString('en')} events fired; at ${PACE}/s the median is ${paced.p50Ms.toFixed(0)} ms`,
      ],
    }
  } finally {
    await world.close()
  }
}

const figure = (
  name: string,
  value: number,
  { ceiling, least }: { ceiling: NonNullable<Figure['ceiling']>; least: number },
): Figure => ({
  name,
  value,
  unit: '/s',
  ceiling,
  goal: { says: `≥ ${least.toLocaleString('en')}/s`, met: value >= least },
})

type Target = { bench: Bench; world: World; url: string; writeKey: string; people: number }

/** People known by a user id, in ten buckets. */
async function populate(world: World, people: number): Promise<void> {
  const url = world.databaseUrl
  await run(
    url,
    `with made as (insert into contacts (created_at) select now() from generate_series(1, $1::int) returning id)
     insert into contact_identities (kind, value, contact_id, added_at)
     select 'user', 'u' || row_number() over (order by id), id, now() from made`,
    [people],
  )
  await run(
    url,
    `insert into attributes (key, type, origin, created_at) values ('bucket', 'number', 'declared', now())`,
  )
  await run(
    url,
    `insert into contact_attributes (contact_id, attribute_id, number_value, since)
     select i.contact_id, a.id, substr(i.value, 2)::int % 10, now() from contact_identities i, attributes a`,
  )
  await run(url, 'create unlogged table bench_bare (like events)')
  await run(url, 'create unlogged table bench_decided (event_id bigint primary key, decided_at timestamptz)')
  await run(
    url,
    'create unlogged table bench_fired (rule_id text, event_id bigint, primary key (rule_id, event_id))',
  )
  await run(url, 'alter table bench_bare set logged')
  await run(url, 'vacuum (analyze)')
}

const properties = (n: number) => ({ category: '鞋', price: n % 997, page: `/p/${n % 500}`, from: 'bench' })

async function deliver(
  { bench, url, writeKey, people }: Target,
  {
    events,
    batch,
    names,
    perSecond,
  }: { events: number; batch: number; names: readonly string[]; perSecond?: number },
): Promise<LoadResult> {
  const mark = randomBytes(6).toString('hex')
  const message = (n: number) => ({
    ...(batch > 1 && { type: 'track' }),
    messageId: `${mark}-${n}`,
    userId: `u${1 + Math.floor(people * (((n * 7_919) % 10_007) / 10_007) ** 2)}`,
    event: names[n % names.length],
    timestamp: new Date().toISOString(),
    properties: properties(n),
  })
  const requests = Array.from({ length: Math.ceil(events / batch) }, (_, request) => {
    const own = Array.from({ length: Math.min(batch, events - request * batch) }, (_, n) =>
      message(request * batch + n),
    )
    return batch > 1
      ? { path: '/v1/batch', body: JSON.stringify({ batch: own, sentAt: new Date().toISOString() }) }
      : { path: '/v1/track', body: JSON.stringify(own[0]) }
  })
  const file = path.join(bench.directory, `events-${mark}.json`)
  await writeFile(file, JSON.stringify(requests))
  const order: LoadOrder = {
    url,
    file,
    connections: CONNECTIONS,
    ends: '"success":true}',
    headers: [
      'content-type: application/json',
      `authorization: Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    ],
    ...(perSecond !== undefined && { perSecond }),
  }
  return send(order)
}

async function copyBare(databaseUrl: string, events: number, people: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const at = new Date().toISOString()
    const line = (n: number) =>
      `${n}\t\\N\t${1 + (n % people)}\t\\N\tview_page\t${at}\t${at}\t${JSON.stringify(properties(n))}\t1\n`
    const lines = function* () {
      for (let n = 0; n < events; n += 500) {
        yield Array.from({ length: Math.min(500, events - n) }, (_, index) => line(n + index)).join('')
      }
    }
    await pipeline(
      Readable.from(lines()),
      client.query(
        copyFrom(
          'copy bench_bare (id, account_id, contact_id, fan_id, name, at, received_at, properties, source_id) from stdin',
        ),
      ),
    )
  } finally {
    await client.end()
  }
}

type Followed = { events: number; fired: number; perSecond: number; p50Ms: number; p99Ms: number }

/** Sends events and waits until the last of them is decided. */
async function follow(
  target: Target,
  { rulesPerName, events, perSecond }: { rulesPerName: number; events: number; perSecond?: number },
): Promise<Followed> {
  const { world } = target
  const names = Array.from({ length: RULES / rulesPerName }, (_, n) => `live_${rulesPerName}_${n}`)
  const rules = Array.from({ length: RULES }, (_, n) => ({
    id: `${rulesPerName}-${n}`,
    event: names[n % names.length] as string,
    audience: {
      kind: 'and' as const,
      of: [
        { kind: 'attribute' as const, attribute: 'bucket', test: { op: 'is' as const, values: [n % 10] } },
        {
          kind: 'not' as const,
          of: {
            kind: 'behaviour',
            event: 'never',
            window: { kind: 'last', length: { amount: 30, unit: 'day' } },
          },
        },
      ],
    },
  })) as FollowOrder['rules']
  await run(world.databaseUrl, 'truncate bench_decided, bench_fired')
  await run(
    world.databaseUrl,
    `insert into reaction_places values ('bench.rules', (select last_value from events_id_seq))
     on conflict (name) do update set place = excluded.place`,
  )
  const follower = startProcess(
    process.execPath,
    [
      path.join(import.meta.dirname, '..', 'load', 'follower.ts'),
      JSON.stringify({ databaseUrl: world.databaseUrl, rules } satisfies FollowOrder),
    ],
    {
      env: {
        ...process.env,
        WEIDA_DATA_DIR: path.join(target.bench.directory, 'follower'),
        LOG_LEVEL: 'warn',
      },
    },
  )
  await follower.line(/^follower: ready/)
  const began = performance.now()
  await deliver(target, {
    events,
    batch: perSecond === undefined ? 100 : 1,
    names,
    ...(perSecond !== undefined && { perSecond }),
  })
  for (;;) {
    const { rows } = await run(world.databaseUrl, 'select count(*)::int as n from bench_decided')
    if (Number(rows[0]?.n) >= events) break
    if (performance.now() - began > 180_000)
      throw new Error(`${rows[0]?.n} of ${events} decided after 3 minutes`)
    await delay(50)
  }
  const seconds = (performance.now() - began) / 1000
  await follower.stop()
  const { rows } = await run(
    world.databaseUrl,
    `select count(*)::int as fired,
       (select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from d.decided_at - e.received_at) * 1000)
        from bench_decided d join events e on e.id = d.event_id) as ms
     from bench_fired`,
  )
  const [p50Ms = 0, p99Ms = 0] = (rows[0]?.ms ?? []) as number[]
  return { events, fired: Number(rows[0]?.fired), perSecond: events / seconds, p50Ms, p99Ms }
}
