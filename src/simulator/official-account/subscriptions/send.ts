import type { JsonObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import type { Account } from '../account.ts'
import { type Answer, type Call, OK } from '../call.ts'
import { slow } from '../custom/endpoints.ts'
import { type Item, laneOf } from '../personal/lane.ts'
import { drawIds, type Fan, fansByOpenid, type Written, writePersonal } from '../personal/ledger.ts'
import { addResults, type Outcome, outcomeFor } from '../personal/results.ts'
import { Refusal, refuse } from '../refusal.ts'
import { linesOf, readData } from '../templates/fields.ts'
import { readTargets } from '../templates/send.ts'
import { enumsOf, findTemplates, type TemplateRow } from '../templates/store.ts'

/** Openids with a call under way. */
const busy = new WeakMap<World, Set<string>>()

/** 发送订阅通知: to whoever consented, following or not. Two calls for one openid at the same time: 43108. */
export async function sendNotice({ world, account, body, now }: Call): Promise<Answer> {
  const under = busy.get(world) ?? new Set<string>()
  busy.set(world, under)
  const whom = `${account.id} ${text(body, 'touser')}`
  if (under.has(whom)) refuse(43108)
  under.add(whom)
  try {
    await slow(account)
    await laneOf(world, account, sendAll)({ account, body, now })
  } finally {
    under.delete(whom)
  }
  world.wake()
  return OK
}

const text = (body: JsonObject, name: string): string => {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}

type Consent = {
  fan_id: string
  template_id: string
  credits: number
  pending: number
  refused: boolean
  taken: number
}
type Sending = { fan: Fan; written: Omit<Written, 'id' | 'arrives'>; template: TemplateRow }

async function sendAll(tx: Queries, items: readonly Item[]): Promise<(true | Refusal)[]> {
  const { account, now } = items.at(-1) as Item
  const fans = await fansByOpenid(
    tx,
    account.id,
    items.map(({ body }) => text(body, 'touser')),
  )
  const templates = await findTemplates(
    tx,
    account.id,
    items.map(({ body }) => text(body, 'template_id')),
  )
  const consents = await lockConsents(tx, fans, templates)
  const fresh: Sending[] = []
  const answers = items.map(({ body }): true | Refusal => {
    try {
      fresh.push(read(body, account, { fans, templates, consents }))
      return true
    } catch (error) {
      if (error instanceof Refusal) return error
      throw error
    }
  })
  await write(tx, account, { fresh, consents, now })
  return answers
}

const lockConsents = (
  tx: Queries,
  fans: ReadonlyMap<string, Fan>,
  templates: ReadonlyMap<string, TemplateRow>,
): Promise<Consent[]> =>
  tx.rows<Consent>(
    `select fan_id, template_id, credits, pending, refused, 0 as taken from consent
     where fan_id = any($1::bigint[]) and template_id = any($2) order by fan_id, template_id for update`,
    [[...fans.values()].map(({ id }) => id), [...templates.keys()]],
  )

type Known = {
  fans: ReadonlyMap<string, Fan>
  templates: ReadonlyMap<string, TemplateRow>
  consents: readonly Consent[]
}

function read(body: JsonObject, account: Account, { fans, templates, consents }: Known): Sending {
  const fan = fans.get(text(body, 'touser')) ?? refuse(40003)
  const template = templates.get(text(body, 'template_id'))
  if (template?.kind !== 'subscription') refuse(40037)
  const { url: page, miniprogram } = readTargets(body, account, 'page')
  const values = readData(template.content, body['data'], { enums: enumsOf(template), tooLong: 'refuse' })
  const consent = consents.find((one) => one.fan_id === fan.id && one.template_id === template.id)
  if (!consent || consent.refused) refuse(43101)
  const left = consent.credits - consent.pending - consent.taken
  if (template.type === 3 ? consent.credits < 1 : left < 1) refuse(43101)
  consent.taken += 1
  const written = {
    fanId: fan.id,
    kind: 'subscription' as const,
    msgtype: 'subscription',
    content: {
      template_id: template.id,
      title: template.title,
      lines: linesOf(template.content, values),
      data: values,
      where: fan.following ? 'account' : 'notices',
      ...(page && { page }),
      ...(miniprogram && { miniprogram }),
    },
    url: miniprogram ? '' : page,
    key: '',
  }
  return { fan, written, template }
}

async function write(
  tx: Queries,
  account: Account,
  { fresh, consents, now }: { fresh: readonly Sending[]; consents: readonly Consent[]; now: Date },
): Promise<void> {
  const ids = await drawIds(tx, fresh.length)
  const outcomes = ids.map((id) => outcomeFor(account, id))
  const written = fresh.map((one, index) => ({
    ...one.written,
    id: ids[index] as string,
    arrives: outcomes[index] === 'success',
  }))
  await writePersonal(tx, account, written, now)
  const taken = consents.filter((one) => one.taken > 0)
  await tx.run(
    `update consent c set pending = c.pending + u.taken
     from unnest($1::bigint[], $2::text[], $3::int[]) as u (fan_id, template_id, taken)
     where c.fan_id = u.fan_id and c.template_id = u.template_id`,
    [taken.map((one) => one.fan_id), taken.map((one) => one.template_id), taken.map((one) => one.taken)],
  )
  await addResults(
    tx,
    account,
    fresh.map(({ fan, template }, index) => ({
      msgId: ids[index] as string,
      fanId: fan.id,
      kind: 'subscription' as const,
      templateId: template.id,
      outcome: outcomes[index] as Outcome,
    })),
    now,
  )
}
