import { liveOn, SHORTEST_MS } from './behaviour/life.ts'
import { isActing, runDueActs } from './behaviour/personal-steps.ts'
import { runDueStep } from './behaviour/steps.ts'
import { DAY_MS } from './calendar.ts'
import { type Deliverer, startDeliverer } from './official-account/callbacks/deliver.ts'
import { runDueMassJob } from './official-account/mass/run.ts'
import { runDueResults } from './official-account/personal/results.ts'
import { runDuePublishJob } from './official-account/publish/run.ts'
import type { World } from './world.ts'

const EVERY_MS = 100
const TIDY_EVERY_MS = 10 * 60_000

export type Sweeper = {
  wake: () => void
  /** Sweeps once more and waits for it. */
  caughtUp: () => Promise<void>
  /** Waits for the running sweep; nothing is swept until the returned function is called. */
  pause: () => Promise<() => void>
  status: () => Promise<{ nextDueAt: Date | null; busy: boolean }>
  close: () => Promise<void>
}

/** Runs what is due, ten times a second and whenever it is woken. All progress is in rows: a kill loses nothing. */
export function startSweeper(world: World): Sweeper {
  const deliverer = startDeliverer(world)
  let running: Promise<void> | undefined
  let wanted = false
  let paused = false
  let closed = false

  const wake = (): void => {
    if (closed || paused) return
    if (running) {
      wanted = true
      return
    }
    running = sweep(world, deliverer)
      .catch((error: unknown) => world.log.error({ err: error }, 'a sweep of the simulator failed'))
      .finally(() => {
        running = undefined
        if (!wanted) return
        wanted = false
        wake()
      })
  }
  const timer = setInterval(wake, EVERY_MS)
  const tidying = setInterval(() => {
    if (!paused)
      tidy(world).catch((error: unknown) => world.log.warn({ err: error }, 'the simulator could not tidy up'))
  }, TIDY_EVERY_MS)

  const quiet = async (): Promise<void> => {
    while (running) await running
  }
  const pause = async (): Promise<() => void> => {
    paused = true
    await quiet()
    return () => {
      paused = false
      wake()
    }
  }
  const caughtUp = async (): Promise<void> => {
    wake()
    await quiet()
  }
  const close = async (): Promise<void> => {
    closed = true
    clearInterval(timer)
    clearInterval(tidying)
    await quiet()
    await deliverer.stop()
  }
  return { wake, caughtUp, pause, close, status: () => status(world, deliverer.inFlight() > 0) }
}

const WORKS = {
  mass: runDueMassJob,
  results: runDueResults,
  publishing: runDuePublishJob,
  steps: runDueStep,
  acts: runDueActs,
  lives: liveOn,
} as const
type Kind = keyof typeof WORKS
const KINDS = Object.keys(WORKS) as Kind[]

/** What one does can make another due: over again until nothing is. */
async function sweep(world: World, deliverer: Deliverer): Promise<void> {
  for (let did = true; did; ) {
    did = false
    const due = await whatIsDue(world)
    if (due.pushes) await deliverer.start()
    for (const kind of KINDS.filter((one) => due[one]))
      while (await WORKS[kind](world)) {
        did = true
        await deliverer.start()
      }
  }
  await world.usage.flush()
}

/** Rows that wait for their `due_at`; fans' daily life and callbacks have times of their own. */
const WAITING = {
  mass: 'select due_at from mass_job where finished_at is null',
  results: 'select due_at from notice_result where done_at is null',
  publishing: 'select due_at from publish_job where finished_at is null',
  steps: 'select due_at from behaviour_step where done_at is null',
  acts: 'select due_at from personal_act where done_at is null',
} as const satisfies Record<Exclude<Kind, 'lives'>, string>

const WHAT_IS_DUE = `select exists (select from push where state = 'waiting' and next_at <= now()) as pushes,
  ${Object.entries(WAITING)
    .map(([kind, rows]) => `exists (${rows} and due_at <= $1) as ${kind},`)
    .join('\n  ')}
  exists (select from life join account on account.id = account_id
    where settings->'life' is not null and told_until <= $2) as lives`

/** Asked ten times a second: one statement where nothing is. */
async function whatIsDue({ db, clock }: World): Promise<Record<Kind | 'pushes', boolean>> {
  const now = clock.now()
  const row = await db.row<Record<Kind | 'pushes', boolean>>(WHAT_IS_DUE, [
    now,
    new Date(now.getTime() - SHORTEST_MS),
  ])
  if (!row) throw new Error('nothing was told of what is due')
  return row
}

/** Drops what nobody can ask for any more, so that a sandbox that runs for months stays small. */
async function tidy({ db, clock }: World): Promise<void> {
  const before = (days: number): Date => new Date(clock.now().getTime() - days * DAY_MS)
  await db.run('delete from request_record where at < $1', [before(8)])
  await db.run('delete from token where expires_at < $1', [before(30)])
  await db.run('delete from usage where day < $1::date', [before(60)])
  await db.run('delete from media where expires_at < $1', [before(30)])
  await db.run('delete from template_key where at < $1', [before(1)])
  await db.run('delete from notice_result where done_at < $1', [before(30)])
  await db.run('delete from personal_act where done_at < $1', [before(30)])
  await db.run('delete from short_key where expires_at < $1', [before(1)])
  await db.run(`delete from push where state <> 'waiting' and created_at < now() - interval '7 days'`)
}

const NEXT_DUE = `select min(due_at) as next, exists (select 1 from push where state = 'waiting') as waiting from (
  ${Object.values(WAITING)
    .map((rows) => `(${rows} order by due_at limit 1)`)
    .join(' union all\n  ')}) due`

/** Busy means: something is due and not done, or a callback hasn't been answered for good. */
async function status(world: World, delivering: boolean): Promise<{ nextDueAt: Date | null; busy: boolean }> {
  const row = await world.db.row<{ next: Date | null; waiting: boolean }>(NEXT_DUE)
  const overdue = Object.values(await whatIsDue(world)).includes(true)
  const busy = delivering || overdue || row?.waiting === true || isActing(world)
  return { nextDueAt: row?.next ?? null, busy }
}
