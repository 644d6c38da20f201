import type { JsonObject } from '../../json.ts'
import { isObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import type { Account } from '../account.ts'
import type { Answer, Call } from '../call.ts'
import { linkedMiniProgram } from '../custom/content.ts'
import { slow } from '../custom/endpoints.ts'
import { type Item, laneOf } from '../personal/lane.ts'
import { drawIds, type Fan, fansByOpenid, type Written, writePersonal } from '../personal/ledger.ts'
import { addResults, type Outcome, outcomeFor } from '../personal/results.ts'
import { Refusal, refuse } from '../refusal.ts'
import { linesOf, readData } from './fields.ts'
import { enumsOf, findTemplates, type TemplateRow } from './store.ts'

/** The same client_msg_id to the same fan is taken once in so long. */
const KEY_MEMORY_MS = 10 * 60_000
const MAX_URL_BYTES = 2_048
const LONGEST_KEY = 64

/** 发送模板消息: to followers; what becomes of it is told by TEMPLATESENDJOBFINISH. */
export async function sendTemplate({ world, account, body, now }: Call): Promise<Answer> {
  await slow(account)
  const msgId = await laneOf(world, account, sendAll)({ account, body, now })
  world.wake()
  return { errcode: 0, errmsg: 'ok', msgid: BigInt(msgId) }
}

const field = (body: JsonObject, name: string): string => {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}

type Sending = { fan: Fan; written: Omit<Written, 'id' | 'arrives'>; template: TemplateRow }

async function sendAll(tx: Queries, items: readonly Item[]): Promise<(string | Refusal)[]> {
  const { account, now } = items.at(-1) as Item
  const fans = await fansByOpenid(
    tx,
    account.id,
    items.map(({ body }) => field(body, 'touser')),
  )
  const templates = await findTemplates(
    tx,
    account.id,
    items.map(({ body }) => field(body, 'template_id')),
  )
  const known = await rememberedKeys(tx, fans, items, now)
  const sending: (Sending | { repeats: string } | Refusal)[] = items.map(({ body }) => {
    try {
      const one = read(body, account, { fans, templates })
      const { key } = one.written
      const id = `${one.fan.id} ${key}`
      if (key !== '' && known.has(id)) return { repeats: id }
      if (key !== '') known.set(id, '')
      return one
    } catch (error) {
      if (error instanceof Refusal) return error
      throw error
    }
  })
  const fresh = sending.filter((one): one is Sending => 'written' in one)
  const ids = await writeFresh(tx, account, fresh, now)
  for (const [index, { fan, written }] of fresh.entries())
    if (written.key !== '') known.set(`${fan.id} ${written.key}`, ids[index] as string)
  let next = 0
  return sending.map((one) => {
    if (one instanceof Refusal) return one
    if ('repeats' in one) return known.get(one.repeats) as string
    next += 1
    return ids[next - 1] as string
  })
}

async function rememberedKeys(
  tx: Queries,
  fans: ReadonlyMap<string, Fan>,
  items: readonly Item[],
  now: Date,
): Promise<Map<string, string>> {
  const keys = items.map(({ body }) => field(body, 'client_msg_id')).filter(Boolean)
  if (keys.length === 0) return new Map()
  const rows = await tx.rows<{ fan_id: string; client_key: string; msg_id: string }>(
    'select fan_id, client_key, msg_id from template_key where fan_id = any($1::bigint[]) and client_key = any($2) and at > $3',
    [[...fans.values()].map(({ id }) => id), keys, new Date(now.getTime() - KEY_MEMORY_MS)],
  )
  return new Map(rows.map((row) => [`${row.fan_id} ${row.client_key}`, row.msg_id]))
}

function read(
  body: JsonObject,
  account: Account,
  { fans, templates }: { fans: ReadonlyMap<string, Fan>; templates: ReadonlyMap<string, TemplateRow> },
): Sending {
  const fan = fans.get(field(body, 'touser')) ?? refuse(40003)
  const id = field(body, 'template_id')
  if (id.length < 10 || id.length > 128) refuse(40036)
  const template = templates.get(id)
  if (template?.kind !== 'template') refuse(40037)
  if (!fan.following) refuse(43004)
  const key = field(body, 'client_msg_id')
  if (key.length > LONGEST_KEY) refuse(40035)
  const { url, miniprogram } = readTargets(body, account, 'url')
  const values = readData(template.content, body['data'], { enums: enumsOf(template), tooLong: 'cut' })
  const content = {
    template_id: id,
    title: template.title,
    lines: linesOf(template.content, values),
    data: values,
    ...(url && { url }),
    ...(miniprogram && { miniprogram }),
  }
  const written = {
    fanId: fan.id,
    kind: 'template' as const,
    msgtype: 'template',
    content,
    url: miniprogram ? '' : url,
    key,
  }
  return { fan, written, template }
}

/** Where a tap leads: a page, or a linked mini program, which wins where both are given. */
export function readTargets(
  body: JsonObject,
  account: Account,
  name: 'url' | 'page',
): { url: string; miniprogram?: { appid: string; pagepath: string } } {
  const url = field(body, name)
  if (Buffer.byteLength(url) > MAX_URL_BYTES) refuse(40039)
  const given = body['miniprogram']
  if (!isObject(given) || field(given, 'appid') === '') return { url }
  const pagepath = field(given, 'pagepath') || field(given, 'path')
  return { url, miniprogram: { appid: linkedMiniProgram(account, given['appid']), pagepath } }
}

async function writeFresh(
  tx: Queries,
  account: Account,
  fresh: readonly Sending[],
  now: Date,
): Promise<string[]> {
  const ids = await drawIds(tx, fresh.length)
  const outcomes = ids.map((id) => outcomeFor(account, id))
  const written = fresh.map((one, index) => ({
    ...one.written,
    id: ids[index] as string,
    arrives: outcomes[index] === 'success',
  }))
  await writePersonal(tx, account, written, now)
  const keyed = written.filter(({ key }) => key !== '')
  await tx.run(
    `insert into template_key (fan_id, client_key, msg_id, at) select *, $4 from unnest($1::bigint[], $2::text[], $3::bigint[])
     on conflict (fan_id, client_key) do update set msg_id = excluded.msg_id, at = excluded.at`,
    [keyed.map(({ fanId }) => fanId), keyed.map(({ key }) => key), keyed.map(({ id }) => id), now],
  )
  await addResults(
    tx,
    account,
    fresh.map(({ fan, template }, index) => ({
      msgId: ids[index] as string,
      fanId: fan.id,
      kind: 'template' as const,
      templateId: template.id,
      outcome: outcomes[index] as Outcome,
    })),
    now,
  )
  return ids
}
