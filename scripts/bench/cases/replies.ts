import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { getCallbackInfo } from '../../../src/modules/accounts/index.ts'
import { createRule } from '../../../src/modules/auto-replies/commands/rules.ts'
import { type RuleInput, ruleInput } from '../../../src/modules/auto-replies/schema.ts'
import { makeAccount } from '../accounts.ts'
import { type Bench, run, type World } from '../bench.ts'
import type { LoadResult } from '../load/client.ts'
import { type Push, type PushSecrets, textPush } from '../load/requests.ts'
import { send } from '../load/send.ts'
import { median } from '../measure.ts'
import { populate, settle } from '../population.ts'
import { startProcess } from '../processes.ts'
import type { CaseResult } from '../report.ts'

const LOAD = path.join(import.meta.dirname, '..', 'load')
const LITERAL = 150
const PATTERNS = 50
const PER_SECOND = 1_000
const SECONDS = 30
const WARM_SECONDS = 5
const CONNECTIONS = 64
const GOAL_MS = 50

/** A server that has run for a while has files of its log to use again; making one anew, 16 MB of zeros, holds up every commit. */
const REUSE_WAL = `do $$ begin for n in 1..16 loop
  perform pg_switch_wal(); perform pg_logical_emit_message(false, 'bench', 'next'); end loop; end $$`

/**
 * Messages at a fixed rate, seven in ten of them answered by one of 200 rules, each answer sealed and after the commit of its
 * push; a worker does what follows meanwhile. An answer's time counts from when its push was due. The ceiling is a bare fastify
 * route that verifies, decrypts, parses and answers a sealed text, at the same rate.
 */
export async function measureReplies(bench: Bench): Promise<CaseResult> {
  const world = await bench.world()
  try {
    const account = await makeAccount(world, 10)
    await populate(world, account.id, 15_000)
    for (const input of rules()) await createRule(world.ctx, account.id, input)
    const { url, token, aesKey } = await getCallbackInfo(world.ctx, account.id)
    const secrets = { path: new URL(url).pathname, appid: account.appid, token, aesKey, ghId: 'gh_bench' }
    const api = await world.role('api')
    const worker = await world.role('worker')
    const keys = { appId: secrets.appid, token, mode: 'safe', keys: [aesKey] }
    const bare = startProcess(
      process.execPath,
      [path.join(LOAD, 'bare-server.ts'), JSON.stringify(keys), '营业到晚上十点'],
      { env: process.env },
    )
    const bareUrl = (await bare.line(/^bare: /)).slice('bare: '.length)
    const rounds: { ours: LoadResult; bare: LoadResult; behindMs: number }[] = []
    await run(world.databaseUrl, REUSE_WAL)
    const load = async (url: string, seconds: number) => {
      const file = path.join(bench.directory, 'replies.json')
      await writeFile(file, JSON.stringify(await pushes(world, account.id, secrets, PER_SECOND * seconds)))
      return send({ url, file, connections: CONNECTIONS, perSecond: PER_SECOND, fromDue: true, ends: '' })
    }
    await load(api.url, WARM_SECONDS)
    await settle(world)
    for (let round = 0; round < bench.sizes.rounds; round += 1) {
      // each gets warm right before it is measured: what has been idle for half a minute is cold again
      await load(bareUrl, WARM_SECONDS)
      const bareResult = await load(bareUrl, SECONDS)
      await load(api.url, WARM_SECONDS)
      const ours = await load(api.url, SECONDS)
      rounds.push({ ours, bare: bareResult, behindMs: await followed(world) })
    }
    await Promise.all([bare.stop(), worker.stop()])
    return await result(world, rounds)
  } finally {
    await world.close()
  }
}

async function result(
  world: World,
  rounds: readonly { ours: LoadResult; bare: LoadResult; behindMs: number }[],
): Promise<CaseResult> {
  const p99 = median(rounds.map(({ ours }) => ours.p99Ms))
  const of = (read: (one: (typeof rounds)[number]) => number) => median(rounds.map(read)).toFixed(1)
  const { rows } = await run(
    world.databaseUrl,
    'select sum(passive)::int as passive, sum(hits)::int as hits from reply_days',
  )
  return {
    figures: [
      {
        name: `99 of 100 answers at ${PER_SECOND.toLocaleString('en')}/s`,
        value: p99,
        unit: 'ms',
        ceiling: { what: 'bare route that answers', value: median(rounds.map(({ bare }) => bare.p99Ms)) },
        goal: { says: `≤ ${GOAL_MS} ms`, met: p99 <= GOAL_MS },
      },
    ],
    notes: [
      `${LITERAL} rules of words and ${PATTERNS} of patterns; half of the answers within ${of(({ ours }) => ours.p50Ms)} ms, of the bare route within ${of(({ bare }) => bare.p50Ms)} ms`,
      `${rows[0]?.passive} of ${rows[0]?.hits} answers were the push’s own; what follows from them was done ${of(({ behindMs }) => behindMs)} ms after the last push`,
      'API, worker, PostgreSQL and client are processes of their own and share the cores',
    ],
  }
}

/** Real time until everything that was answered is followed up. */
async function followed(world: World): Promise<number> {
  const from = performance.now()
  for (;;) {
    const { rows } = await run(
      world.databaseUrl,
      `select coalesce((select place from reaction_places where name = 'auto-replies.follow-up'), 0)
         >= (select coalesce(max(id), 0) from events) as done`,
    )
    if (rows[0]?.done) return performance.now() - from
    await delay(5)
  }
}

const WORDS = ['优惠', '退货', '发票', '会员', '门店', '营业', '快递', '预约', '尺码', '积分']
const wordOf = (n: number) => `${WORDS[n % WORDS.length]}${Math.floor(n / WORDS.length)}`

/** Each rule with its own words: exact, at the start, contained; patterns such as operators write. */
function rules(): RuleInput[] {
  const answer = (text: string) => ({ replies: [{ content: { kind: 'text', text } }] })
  const literal = Array.from({ length: LITERAL }, (_, n) => {
    const match = (['exact', 'starts', 'contains'] as const)[n % 3]
    const keywords = Array.from({ length: 10 }, (_, k) => ({ text: wordOf(n * 10 + k), match }))
    return ruleInput.parse({ kind: 'keyword', name: `词 ${n}`, keywords, answer: answer(`关于 ${n} 的回复`) })
  })
  const patterns = Array.from({ length: PATTERNS }, (_, n) =>
    ruleInput.parse({
      kind: 'keyword',
      name: `式 ${n}`,
      keywords: [{ text: `(订单|单号)\\s*[:：]?\\s*${n}\\d{6,}`, match: 'regex' }],
      answer: answer(`订单 ${n}`),
    }),
  )
  return [...literal, ...patterns]
}

async function pushes(world: World, accountId: string, secrets: PushSecrets, count: number): Promise<Push[]> {
  const { rows } = await run(
    world.databaseUrl,
    'select openid from fans where account_id = $1 and following order by random()',
    [accountId],
  )
  const first = BigInt(`0x${randomBytes(7).toString('hex')}`) * 16n
  return Array.from({ length: count }, (_, index) => {
    const openid = rows[index % rows.length]?.openid as string
    return textPush(secrets, openid, first + BigInt(index), said(index))
  })
}

/** Seven in ten are answered: six by a word, one by a pattern. */
function said(index: number): string {
  const place = index % 10
  if (place < 6) return `${wordOf((index * 7) % (LITERAL * 10))}`
  if (place === 6) return `你好，订单：${index % PATTERNS}2026112`
  return '请问今天几点关门？😀'
}
