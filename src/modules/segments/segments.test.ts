import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSegmentWorld, NEVER, ok, type SegmentWorld, work } from '../../../tests/segments/world.ts'
import { until } from '../../../tests/support/index.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { segmentPeople } from './members.ts'
import type { Rule } from './schema/rule.ts'
import type { Segment, Snapshot } from './schema/segment.ts'
import { computeNext } from './snapshots/compute.ts'
import { preparationState, prepareForRun } from './snapshots/prepare.ts'
import { KEPT_MEMBERS, tidySegments } from './snapshots/tidy.ts'

let world: SegmentWorld
beforeAll(async () => {
  world = await createSegmentWorld()
})
afterAll(() => world?.close())

const snapshots = async (id: string) =>
  ok(await world.api<{ items: Snapshot[] }>('GET', `/api/segments/${id}/snapshots?limit=200`)).items
const put = (segment: Segment, change: object) => {
  const { name, description, listed, failurePolicy, version } = segment
  return world.api<Segment>('PUT', `/api/segments/${segment.id}`, {
    name,
    description,
    listed,
    failurePolicy,
    version,
    ...change,
  })
}
const names = (segmentId: string): Rule => ({ kind: 'segment', segmentId })
const relationOf = async (id: string) => {
  const { relation } = await segmentPeople(world.ctx, id)
  const { rows } = await relation.execute(world.ctx.db)
  return rows.map((row) => row.contact_id).sort((a, b) => Number(a) - Number(b))
}

describe('kinds (B7)', () => {
  test('on demand: computed when made, then only when someone says so; the size’s history stays', async () => {
    const ids = await world.people(10)
    const rule = await world.tagged(ids.slice(0, 6))
    const made = await world.create({ rule, name: '按需' })
    expect(made).toMatchObject({ size: null, computing: 'queued', updateKind: 'on_demand', version: 1 })
    await world.work()
    expect(await world.read(made.id)).toMatchObject({ size: 6, computing: null, outdated: false })
    expect(await world.members(made.id)).toEqual(ids.slice(0, 6))

    await world.tag(rule, ids)
    await world.work()
    expect((await world.read(made.id)).size).toBe(6)
    expect(ok(await world.api<Segment>('POST', `/api/segments/${made.id}/refresh`)).computing).toBe('queued')
    await world.work()
    expect(await world.members(made.id)).toEqual(ids)
    expect((await snapshots(made.id)).map(({ size, cause }) => [size, cause])).toEqual([
      [10, 'manual'],
      [6, 'created'],
    ])
  })

  test('live: asked whenever somebody looks', async () => {
    const ids = await world.people(9)
    const rule = await world.tagged(ids.slice(0, 3))
    const live = await world.create({ rule, updateKind: 'live' })
    expect(await world.members(live.id)).toEqual(ids.slice(0, 3))
    await world.tag(rule, ids)
    expect(await world.members(live.id)).toEqual(ids)
    expect(await relationOf(live.id)).toEqual(ids)
  })

  test('once: a single time, and a static one never', async () => {
    const ids = await world.people(3)
    const rule = await world.tagged(ids)
    const once = await world.create({ rule, updateKind: 'once' })
    await world.work()
    expect(await world.read(once.id)).toMatchObject({ size: 3, dueAt: null })
    const picked = ok(
      await world.api<Segment>('POST', '/api/segments/static', {
        name: '手选',
        from: { kind: 'contacts', contactIds: ids },
      }),
    )
    expect(picked).toMatchObject({ updateKind: 'static', size: 3, origin: { kind: 'picked' } })
    const refused = await world.api('POST', `/api/segments/${picked.id}/refresh`)
    expect(refused.body).toMatchObject({ error: { reason: 'segment_static' } })
  })

  test('an edit makes a new version, computed by itself; the last result answers until then', async () => {
    const ids = await world.people(5)
    const [first, second] = [await world.tagged(ids.slice(0, 2)), await world.tagged(ids)]
    const made = await world.create({ rule: first })
    await world.work()
    const changed = ok(await put(made, { rule: second }))
    expect(changed).toMatchObject({ version: 2, size: 2, outdated: true, computing: 'queued' })
    const late = await put(made, { name: 'x' })
    expect(late.body).toMatchObject({ error: { reason: 'changed_meanwhile' } })
    await world.work()
    expect(await world.read(made.id)).toMatchObject({ size: 5, outdated: false })
    expect((await snapshots(made.id)).map(({ version, size }) => [version, size])).toEqual([
      [2, 5],
      [1, 2],
    ])
  })

  test('before a run: computed 15 minutes before, once, and only where the kind is on demand', async () => {
    const ids = await world.people(4)
    const rule = await world.tagged(ids)
    const segment = await world.create({ rule })
    const once = await world.create({ rule, updateKind: 'once' })
    await world.work()
    const runAt = new Date(world.ctx.clock.now().getTime() + 60 * 60_000)
    for (const { id } of [segment, segment, once])
      await inTransaction(world.ctx.db, (trx) => prepareForRun(trx, id, runAt))
    expect(await preparationState(world.ctx.db, segment.id, runAt)).toBe('planned')
    expect(await preparationState(world.ctx.db, once.id, runAt)).toBeNull()
    await world.forward(new Date(runAt.getTime() - 15 * 60_000 - 5_000))
    await world.work()
    expect(await snapshots(segment.id)).toHaveLength(1)
    await world.forward(new Date(runAt.getTime() - 15 * 60_000))
    await world.work()
    expect((await snapshots(segment.id)).map(({ cause }) => cause)).toEqual(['scheduled', 'created'])
    expect(await preparationState(world.ctx.db, segment.id, runAt)).toBe('ready')
  })
})

describe('the lane', () => {
  /** Holds up every computation that looks at tags. */
  async function holdUp() {
    const client = await world.ctx.pool.connect()
    await client.query('begin; lock table contact_tags in access exclusive mode')
    return async () => {
      await client.query('rollback')
      client.release()
    }
  }
  const waitingPid = () =>
    until(async () => {
      const { rows } = await world.ctx.pool.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
           and query like '%segment_chunks%'`,
      )
      return rows[0]?.pid
    })

  test('two workers at one snapshot: one computes, and not more than one at a time', async () => {
    const rule = await world.tagged(await world.people(3))
    const made = [await world.create({ rule }), await world.create({ rule })]
    const other = await world.another()
    const letGo = await holdUp()
    const first = computeNext(world.ctx, NEVER)
    await waitingPid()
    expect(await computeNext(other, NEVER)).toBe(0)
    await letGo()
    expect(await first).toBe(1)
    await Promise.all([work(world.ctx), work(other)])
    for (const { id } of made) {
      expect((await world.read(id)).size).toBe(3)
      expect(await snapshots(id)).toHaveLength(1)
    }
  })

  test('a worker killed in the middle: nothing of it is kept, the next one computes it', async () => {
    const rule = await world.tagged(await world.people(3))
    const { id } = await world.create({ rule })
    const letGo = await holdUp()
    const dying = computeNext(world.ctx, NEVER)
    const pid = await waitingPid()
    const died = expect(dying).rejects.toThrow()
    await world.ctx.pool.query('select pg_terminate_backend($1)', [pid])
    await died
    await letGo()
    expect(await world.read(id)).toMatchObject({ size: null, computing: 'running', lastFailure: null })
    const { rows } = await world.ctx.pool.query(
      'select 1 from segment_chunks c join segment_snapshots n on n.id = c.snapshot_id where n.segment_id = $1',
      [id],
    )
    expect(rows).toEqual([])
    await world.ctx.pool.query(
      `update segment_snapshots set lease_until = clock_timestamp() - interval '1 second' where segment_id = $1`,
      [id],
    )
    await work(await world.another())
    expect(await world.read(id)).toMatchObject({ size: 3, computing: null })
  })

  test('one that wakes up after another took over writes nothing', async () => {
    const rule = await world.tagged(await world.people(3))
    const { id } = await world.create({ rule })
    const letGo = await holdUp()
    const late = computeNext(world.ctx, NEVER)
    await waitingPid()
    await world.ctx.pool.query(
      `update segment_snapshots set fence = fence + 1, lease_until = clock_timestamp() - interval '1 second'
       where segment_id = $1`,
      [id],
    )
    await letGo()
    await late
    expect((await world.read(id)).size).toBeNull()
    await world.work()
    expect((await world.read(id)).size).toBe(3)
  })

  test('a process that stops ends its statement at once and gives the computation back', async () => {
    const rule = await world.tagged(await world.people(2))
    const { id } = await world.create({ rule })
    const letGo = await holdUp()
    const stop = new AbortController()
    const stopping = computeNext(world.ctx, stop.signal)
    await waitingPid()
    stop.abort()
    await stopping
    await letGo()
    expect(await world.read(id)).toMatchObject({ computing: 'running', lastFailure: null })
    await world.work()
    expect((await world.read(id)).size).toBe(2)
  })

  test('one that takes too long is stopped, and says so', async () => {
    const { id } = await world.create({ rule: await world.tagged(await world.people(1)) })
    const letGo = await holdUp()
    const slow = computeNext(world.ctx, NEVER)
    // what the database does when the statement's time is over
    await world.ctx.pool.query('select pg_cancel_backend($1)', [await waitingPid()])
    await slow
    await letGo()
    expect((await world.read(id)).lastFailure?.reason).toBe('segment_too_slow')
  })

  test('those a run or a person waits for come before the daily ones', async () => {
    const rule = await world.tagged(await world.people(1))
    const daily = await world.create({ rule, name: 'daily' })
    const manual = await world.create({ rule, name: 'manual' })
    await world.ctx.pool.query(`update segment_snapshots set cause = 'daily' where segment_id = $1`, [
      daily.id,
    ])
    await computeNext(world.ctx, NEVER)
    expect([(await world.read(daily.id)).size, (await world.read(manual.id)).size]).toEqual([null, 1])
    await world.work()
  })
})

describe('failure', () => {
  async function failing(failurePolicy: 'last_good' | 'stop') {
    const ids = await world.people(4)
    const segment = await world.create({ rule: await world.tagged(ids), failurePolicy })
    await world.work()
    await world.api('POST', `/api/segments/${segment.id}/refresh`)
    // a rule this version can't read any more
    await world.ctx.pool.query(
      `update segment_snapshots set rule = '{"kind":"tag","match":"any","tags":null}'
       where segment_id = $1 and state = 'queued'`,
      [segment.id],
    )
    await world.work()
    return { ids, segment: await world.read(segment.id) }
  }

  test('B7: last good: the failure is shown with its reason, and what was good still answers', async () => {
    const { ids, segment } = await failing('last_good')
    expect(segment).toMatchObject({ size: 4, lastFailure: { reason: 'internal' } })
    expect(await relationOf(segment.id)).toEqual(ids)
    await world.api('POST', `/api/segments/${segment.id}/refresh`)
    await world.work()
    expect((await world.read(segment.id)).lastFailure).toBeNull()
  })

  test('B7: don’t send: users are refused, who only looks is not', async () => {
    const { ids, segment } = await failing('stop')
    await expect(segmentPeople(world.ctx, segment.id)).rejects.toMatchObject({
      reason: 'segment_refresh_failed',
      detail: { why: 'internal' },
    })
    expect(await world.members(segment.id)).toEqual(ids)
  })

  test('a segment that was never computed is not an empty one', async () => {
    const { id } = await world.create({ rule: await world.tagged([]) })
    await expect(segmentPeople(world.ctx, id)).rejects.toMatchObject({ reason: 'segment_not_computed' })
    await world.work()
    expect(await relationOf(id)).toEqual([])
  })

  test('B7: a segment that asks one that can’t answer can’t answer either; what a rule names is computed first', async () => {
    const { segment } = await failing('stop')
    const live = await world.create({ rule: names(segment.id), updateKind: 'live', name: '动态' })
    await expect(segmentPeople(world.ctx, live.id)).rejects.toMatchObject({
      reason: 'segment_refresh_failed',
      detail: { segmentId: segment.id },
    })
    const outer = await world.create({ rule: { kind: 'not', of: names(live.id) }, name: '外层' })
    await world.work()
    expect(await world.read(outer.id)).toMatchObject({
      size: null,
      lastFailure: { reason: 'segment_refresh_failed' },
    })
    ok(await world.api('POST', `/api/segments/${outer.id}/refresh`))
    ok(await world.api('POST', `/api/segments/${segment.id}/refresh`))
    await world.work()
    const { rows } = await world.ctx.pool.query<{ n: string }>('select count(*) as n from contacts')
    expect((await world.read(outer.id)).size).toBe(Number(rows[0]?.n) - 4)
  })

  test('one that always dies with its worker is given up', async () => {
    const { id } = await world.create({ rule: await world.tagged([]) })
    await world.ctx.pool.query('update segment_snapshots set fence = 5 where segment_id = $1', [id])
    await world.work()
    expect((await world.read(id)).lastFailure?.reason).toBe('segment_never_finished')
  })
})

describe('segments that name each other', () => {
  test('a circle is refused when saved, directly and through others', async () => {
    const rule = await world.tagged(await world.people(2))
    const a = await world.create({ rule, name: 'A' })
    const b = await world.create({ rule: names(a.id), name: 'B' })
    const c = await world.create({ rule: { kind: 'not', of: names(b.id) }, name: 'C' })
    for (const target of [a, b, c]) {
      const answer = await put(a, { rule: { kind: 'or', of: [rule, names(target.id)] } })
      expect(answer.body).toMatchObject({ error: { reason: 'segment_cycle' } })
    }
    expect((await world.read(a.id)).version).toBe(1)
  })

  test('edits at once can’t close a circle together', async () => {
    const rule = await world.tagged(await world.people(1))
    for (let round = 0; round < 5; round += 1) {
      const ring = await Promise.all(['A', 'B', 'C', 'D'].map((name) => world.create({ rule, name })))
      const answers = await Promise.all(
        ring.map((segment, at) => put(segment, { rule: names(ring[(at + 1) % 4]?.id ?? '') })),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 400])
    }
    await world.work()
  })

  test('what is used can’t be archived, and says by what; archived ones can’t be named', async () => {
    const rule = await world.tagged(await world.people(1))
    const used = await world.create({ rule, name: '被用' })
    const user = await world.create({ rule: names(used.id), name: '用它的' })
    const refused = await world.api('POST', `/api/segments/${used.id}/archive`)
    expect(refused.body).toMatchObject({
      error: { reason: 'segment_in_use', detail: { names: ['用它的'], count: 1 } },
    })
    expect((await world.read(used.id)).uses).toEqual([
      { kind: 'segment', id: user.id, name: '用它的', accountId: null, active: true },
    ])
    ok(await world.api('POST', `/api/segments/${user.id}/archive`))
    ok(await world.api('POST', `/api/segments/${used.id}/archive`))
    const back = await world.api('POST', `/api/segments/${user.id}/restore`)
    expect(back.body).toMatchObject({ error: { reason: 'segment_names_archived' } })
    const named = await world.api('POST', '/api/segments', {
      name: 'x',
      updateKind: 'live',
      rule: names(used.id),
    })
    expect(named.body).toMatchObject({ error: { reason: 'segment_archived' } })
    ok(await world.api('POST', `/api/segments/${used.id}/restore`))
    ok(await world.api('POST', `/api/segments/${user.id}/restore`))
    await world.work()
  })

  test('B5: one that is not in the crowd list can’t be picked, and stays where it was', async () => {
    const rule = await world.tagged(await world.people(1))
    const hidden = await world.create({ rule, name: '不同步' })
    const user = await world.create({ rule: names(hidden.id) })
    ok(await put(hidden, { listed: false }))
    const refused = await world.api('POST', '/api/segments', {
      name: 'x',
      updateKind: 'live',
      rule: names(hidden.id),
    })
    expect(refused.body).toMatchObject({ error: { reason: 'segment_unlisted' } })
    ok(await put(user, { rule: { kind: 'not', of: names(hidden.id) } }))
    await world.work()
  })
})

describe('daily (B7)', () => {
  test('a month of days: one computation each, at its minute of the Beijing day, what was missed made up once', async () => {
    const ids = await world.people(40)
    const rule = await world.tagged(ids.slice(0, 5))
    const daily = await world.create({ rule, updateKind: 'daily', dailyMinute: 9 * 60, name: '按天' })
    await world.work()
    const due = () => world.read(daily.id).then(({ dueAt }) => new Date(dueAt ?? 0))
    expect((await due()).toISOString()).toMatch(/T01:00:00\.000Z$/)
    for (let day = 0; day < 30; day += 1) {
      const at = await due()
      await world.forward(new Date(at.getTime() - 2_000))
      await world.work()
      expect(await due()).toEqual(at)
      await world.tag(rule, ids.slice(0, 6 + day))
      await world.forward(at)
      await world.work()
      expect((await due()).getTime() - at.getTime()).toBe(86_400_000)
    }
    const month = await snapshots(daily.id)
    expect(month.map(({ size }) => size)).toEqual([...Array.from({ length: 30 }, (_, day) => 35 - day), 5])
    // as of a day of that month
    const then = new Date(month[10]?.at ?? 0)
    const { relation, asOf } = await segmentPeople(world.ctx, daily.id, { at: then })
    expect((await relation.execute(world.ctx.db)).rows).toHaveLength(month[10]?.size ?? 0)
    expect(asOf).toEqual(then)

    const at = await due()
    await world.forward(new Date(at.getTime() + 3.5 * 86_400_000))
    await world.work()
    expect(await snapshots(daily.id)).toHaveLength(32)
    expect((await due()).getTime() - at.getTime()).toBe(4 * 86_400_000)
    ok(await world.api('POST', `/api/segments/${daily.id}/archive`))
  })

  test('F3: old members are let go, sizes stay; what answers or was sent to is kept', async () => {
    const { id } = await world.create({ rule: await world.tagged(await world.people(2)) })
    await world.work()
    const [first] = await snapshots(id)
    await world.ctx.pool.query(
      `insert into segment_uses (segment_id, user_kind, user_id, name, active, snapshot_id)
       values ($1, 'broadcast', 1, 'a send', false, $2)`,
      [id, first?.id],
    )
    await world.ctx.pool.query(
      `with made as (insert into segment_snapshots (segment_id, version, cause, state, at, size, created_at, finished_at)
         select $1, 1, 'daily', 'ready', now(), 1, now(), now() from generate_series(1, $2::int) returning id)
       insert into segment_chunks select id, 0, '{1}' from made`,
      [id, KEPT_MEMBERS + 10],
    )
    while ((await tidySegments(world.ctx)) > 0);
    const count = async (text: string) =>
      Number((await world.ctx.pool.query<{ n: string }>(text, [id])).rows[0]?.n)
    expect(
      await count(`select count(*) as n from segment_snapshots where segment_id = $1 and state = 'dropped'`),
    ).toBe(10)
    expect(
      await count(`select count(distinct snapshot_id) as n from segment_chunks c
        join segment_snapshots n on n.id = c.snapshot_id where n.segment_id = $1`),
    ).toBe(KEPT_MEMBERS + 1)
    expect(
      await count(`select count(*) as n from segment_snapshots where segment_id = $1 and size is not null`),
    ).toBe(KEPT_MEMBERS + 11)
  })
})

test('people who merge are one member, and are found in their segments under either id', async () => {
  const ids = await world.people(3)
  const segment = await world.create({ rule: await world.tagged(ids) })
  await world.work()
  await world.ctx.pool.query(
    `insert into contact_aliases (contact_id, merged_into, cause, merged_at) values ($1, $2, 'unionid', now())`,
    [ids[0], ids[2]],
  )
  expect(await relationOf(segment.id)).toEqual(ids.slice(1))
  expect((await world.members(segment.id)).sort()).toEqual(ids.slice(1).sort())
  for (const id of [ids[0], ids[2]]) {
    const { items } = ok(await world.api<{ items: { id: string }[] }>('GET', `/api/contacts/${id}/segments`))
    expect(items.map((one) => one.id)).toContain(segment.id)
  }
})
