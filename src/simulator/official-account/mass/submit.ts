import { createHash } from 'node:crypto'
import { isObject, type JsonObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import type { Account, MassVerdict } from '../account.ts'
import type { Answer, Call } from '../call.ts'
import { nextId } from '../publish/publications.ts'
import { refuse } from '../refusal.ts'
import { openids } from '../users/fans.ts'
import { type MassContent, readContent } from './content.ts'
import { CONFIRM_MS, durationMs } from './pace.ts'

const MIN_LIST = 2
const MAX_LIST = 10_000
const MAX_CLIENT_KEY_BYTES = 32
const CLIENT_KEY_MEMORY_MS = 24 * 3_600_000
const CLIENT_KEY_APART_MS = 60_000
const MASS_PER_MONTH = 4

export type Audience =
  | { call: 'send'; list: string[] }
  | { call: 'sendall' | 'console'; toAll: true }
  | { call: 'sendall' | 'console'; toAll: false; tagId: number }

const isToAll = (audience: Audience): boolean => audience.call !== 'send' && audience.toAll

/** `mass/send`: 2 to 10,000 openids, service accounts only. */
export const send = (call: Call): Promise<Answer> => {
  const list = openids(call.body['touser'])
  if (list.length < MIN_LIST || new Set(list).size < MIN_LIST) refuse(40130)
  if (list.length > MAX_LIST) refuse(40032)
  return submit(call, { call: 'send', list: [...new Set(list)] })
}

/** `mass/sendall`: one tag, or everybody. */
export const sendAll = (call: Call): Promise<Answer> => submit(call, readFilter(call.body))

function readFilter(body: JsonObject): Audience {
  const filter = body['filter']
  if (!isObject(filter)) refuse(40035)
  const toAll = filter['is_to_all'] ?? false
  if (typeof toAll !== 'boolean') refuse(40035)
  if (toAll) return { call: 'sendall', toAll: true }
  const tagId = Number(filter['tag_id'])
  const given = filter['tag_id'] !== undefined && filter['tag_id'] !== ''
  return given && Number.isInteger(tagId) ? { call: 'sendall', toAll: false, tagId } : refuse(40152)
}

async function submit(call: Call, audience: Audience): Promise<Answer> {
  const { world, account, body } = call
  if (account.settings.standing === 'protocol-not-agreed') refuse(48003)
  const given = readClientKey(body)
  const ignoreReprint = readIgnoreReprint(body)
  const key = given ?? derivedKey(audience, body)
  const answer = await world.db.transaction(async (tx) => {
    // One after another per account, so that a repeat that overtakes its first call still finds it.
    await tx.run('select 1 from account where id = $1 for update', [account.id])
    await refuseRepeat(tx, account, key, call.now)
    const content = await readContent({ db: tx, account, body, now: call.now }, 'mass')
    return admit(tx, call, { audience, content, key, derived: given === undefined, ignoreReprint })
  })
  world.wake()
  return {
    errcode: 0,
    errmsg: 'send job submission success',
    msg_id: BigInt(answer.msgId),
    ...(answer.msgDataId === null ? {} : { msg_data_id: BigInt(answer.msgDataId) }),
  }
}

type Sent = Pick<Call, 'account' | 'now'>
export type SentJob = { msgId: string; msgDataId: string | null }

/**
 * What the account's owner sends from WeChat's own backend: the same quotas, checks and results, no call counted, no key, and
 * nothing that this interface's callers were ever told.
 */
export async function sendFromConsole(
  world: World,
  { account, now }: Sent,
  job: { audience: Audience & { call: 'console' }; body: JsonObject; ignoreReprint: boolean },
): Promise<SentJob> {
  const sent = await world.db.transaction(async (tx) => {
    await tx.run('select 1 from account where id = $1 for update', [account.id])
    const content = await readContent({ db: tx, account, body: job.body, now }, 'console')
    const key = `console ${await nextId(tx)}`
    const { audience, ignoreReprint } = job
    return admit(tx, { account, now }, { audience, content, key, derived: true, ignoreReprint })
  })
  world.wake()
  return sent
}

/** Takes a job on, or refuses it for its audience or the account's quota. */
async function admit(tx: Queries, sent: Sent, job: Omit<NewJob, 'fanIds' | 'verdict'>): Promise<SentJob> {
  const fanIds = await checkAudience(tx, sent.account, job.audience)
  await checkQuota(tx, sent, job.audience)
  const verdict = await takeVerdict(tx, sent.account.id)
  return insertJob(tx, sent, { ...job, fanIds, verdict })
}

function readClientKey(body: JsonObject): string | undefined {
  const value = body['clientmsgid']
  if (value === undefined || value === '') return undefined
  if (typeof value !== 'string') refuse(40035)
  return Buffer.byteLength(value) > MAX_CLIENT_KEY_BYTES ? refuse(45067) : value
}

function readIgnoreReprint(body: JsonObject): boolean {
  const value = body['send_ignore_reprint'] ?? 0
  return value === 0 || value === 1 ? value === 1 : refuse(40035)
}

/** Without a clientmsgid the platform makes one of audience and content. */
const derivedKey = (audience: Audience, body: JsonObject): string => {
  const msgtype = String(body['msgtype'])
  const content = [msgtype, body[msgtype] ?? null, body['images'] ?? null]
  return createHash('sha256')
    .update(JSON.stringify([audience, content]))
    .digest('hex')
}

async function refuseRepeat(tx: Queries, account: Account, key: string, now: Date): Promise<void> {
  const earlier = await tx.row<{ msg_id: string; msg_data_id: string | null; submitted_at: Date }>(
    `select msg_id, msg_data_id, submitted_at from mass_job join message on message.id = msg_id
     where mass_job.account_id = $1 and client_key = $2 and submitted_at > $3 order by submitted_at desc limit 1`,
    [account.id, key, new Date(now.getTime() - CLIENT_KEY_MEMORY_MS)],
  )
  if (!earlier) return
  if (now.getTime() - earlier.submitted_at.getTime() < CLIENT_KEY_APART_MS) refuse(45066)
  const dataId = earlier.msg_data_id === null ? {} : { msg_data_id: BigInt(earlier.msg_data_id) }
  refuse(45065, undefined, { msg_id: BigInt(earlier.msg_id), ...dataId })
}

/** Ids of the listed fans; 40003 for an openid that never was this account's, 40152 for an unknown tag. */
async function checkAudience(tx: Queries, account: Account, audience: Audience): Promise<string[] | null> {
  if (audience.call === 'send') {
    const rows = await tx.rows<{ id: string }>(
      'select id from fan where account_id = $1 and openid = any($2)',
      [account.id, audience.list],
    )
    return rows.length < audience.list.length ? refuse(40003) : rows.map((row) => row.id)
  }
  if (audience.toAll) return null
  const tag = await tx.row('select 1 from tag where account_id = $1 and id = $2', [
    account.id,
    audience.tagId,
  ])
  return tag ? null : refuse(40152)
}

async function checkQuota(tx: Queries, { account, now }: Sent, audience: Audience): Promise<void> {
  const counted = async (period: 'day' | 'month', condition: string): Promise<number> => {
    const row = await tx.row<{ count: number }>(
      `select count(*)::int as count from mass_job where account_id = $1 and state <> 'failed' and ${condition}
         and submitted_at >= date_trunc('${period}', $2::timestamptz at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai'`,
      [account.id, now],
    )
    return row?.count ?? 0
  }
  if (account.kind === 'subscription' && (await counted('day', 'true')) >= 1) refuse(45028)
  if (account.kind === 'service' && isToAll(audience) && (await counted('month', 'to_all')) >= MASS_PER_MONTH)
    refuse(45028)
}

async function takeVerdict(tx: Queries, accountId: number): Promise<MassVerdict> {
  const row = await tx.row<{ verdict: MassVerdict | null }>(
    `select settings->'nextMass'->0 as verdict from account where id = $1`,
    [accountId],
  )
  if (!row?.verdict) return {}
  await tx.run(
    `update account set settings = jsonb_set(settings, '{nextMass}', (settings->'nextMass') - 0) where id = $1`,
    [accountId],
  )
  return row.verdict
}

type NewJob = {
  audience: Audience
  fanIds: string[] | null
  content: MassContent
  key: string
  derived: boolean
  ignoreReprint: boolean
  verdict: MassVerdict
}

async function insertJob(tx: Queries, { account, now }: Sent, job: NewJob): Promise<SentJob> {
  const { audience, content } = job
  const msgId = await nextId(tx)
  const msgDataId = content.articles ? await nextId(tx) : null
  await tx.run(
    `insert into message (id, account_id, kind, msgtype, content, content_key, msg_data_id, created_at)
     values ($1, $2, 'mass', $3, $4, $5, $6, $7)`,
    [msgId, account.id, content.msgtype, content.content, content.contentKey, msgDataId, now],
  )
  const toAll = isToAll(audience)
  const tagId = audience.call === 'send' || audience.toAll ? null : audience.tagId
  const total = await countTargets(tx, account.id, { toAll, tagId, fanIds: job.fanIds })
  // who sends from the backend has confirmed there, with a phone
  const waits = account.settings.groupSendProtection === true && audience.call !== 'console'
  await tx.run(
    `insert into mass_job (msg_id, account_id, call, to_all, tag_id, fan_ids, client_key, derived_key, media_id,
       ignore_reprint, articles, state, forced, submitted_at, started_at, due_at, total)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      msgId,
      account.id,
      audience.call,
      toAll,
      tagId,
      job.fanIds,
      job.key,
      job.derived,
      content.draftId,
      job.ignoreReprint,
      content.articles && JSON.stringify(content.articles),
      waits ? 'confirming' : 'sending',
      job.verdict,
      now,
      waits ? null : now,
      new Date(now.getTime() + (waits ? CONFIRM_MS : durationMs(total, account.speed))),
      total,
    ],
  )
  return { msgId, msgDataId }
}

async function countTargets(
  tx: Queries,
  accountId: number,
  target: { toAll: boolean; tagId: number | null; fanIds: string[] | null },
): Promise<number> {
  if (target.fanIds) return target.fanIds.length
  const row = await tx.row<{ count: number }>(
    target.toAll
      ? 'select count(*)::int as count from fan where account_id = $1 and following'
      : `select count(*)::int as count from tag_member m join fan on fan.id = m.fan_id
         where m.account_id = $1 and m.tag_id = $2 and fan.following`,
    target.toAll ? [accountId] : [accountId, target.tagId],
  )
  return row?.count ?? 0
}
