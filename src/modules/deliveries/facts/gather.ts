import type { Ctx } from '../../../context.ts'
import type { Account } from '../../accounts/index.ts'
import { grantsOf } from '../../consents/index.ts'
import { templateState } from '../../templates/index.ts'
import type { ClaimedRow, DeliveryChannel, SendRow, SendVersion, Trx } from '../model.ts'
import type { Cap, DeliveryFacts, DeliveryPolicy } from '../rules/index.ts'
import { callsLeft } from './calls.ts'
import { holdoutKey, isHeldOut } from './holdout.ts'
import { personFacts, windowsOf } from './people.ts'
import { applicable, limitsInForce } from './settings.ts'
import { lockSilent, stillOf } from './still.ts'
import { lockCaps, usesOf } from './touches.ts'

/** What a version's people are asked about; by `<send>:<version>`. */
export type Policies = ReadonlyMap<string, DeliveryPolicy>
export const policyKey = ({ sendId, version }: { sendId: string; version: number }) => `${sendId}:${version}`

type Question = {
  account: Account
  channel: DeliveryChannel
  now: Date
  rows: readonly FactRow[]
  sends: ReadonlyMap<string, SendRow>
  versions: ReadonlyMap<string, SendVersion>
}
/** A delivery, or one that might be: `id` null where nothing is planned. */
export type FactRow = Pick<ClaimedRow, 'sendId' | 'version' | 'contactId' | 'fanId' | 'occurrence'> & {
  id: string
  notAfter?: Date | null
  context?: Record<string, unknown> | null
}

/**
 * Everything that {@link decideDelivery} asks about each row, in a few queries for all of them: one account and interface,
 * one row a fan. Where frequency caps apply it waits for whoever counts right now, and makes others wait until the
 * transaction ends; where a silence is asked about, acts of these fans wait as well; what is decided to be sent must be written before it does.
 */
export async function gatherFacts(
  ctx: Ctx,
  trx: Trx,
  question: Question,
): Promise<{ facts: Map<string, DeliveryFacts>; policies: Policies }> {
  const policies = await loadPolicies(trx, question)
  const caps = capsOf(policies)
  if (caps.length > 0) await lockCaps(trx)
  await lockSilent(trx, question)
  return { facts: await readFacts(ctx, trx, question, caps), policies }
}

/** The caps that anybody of these is asked about. */
export const capsOf = (policies: Policies): Cap[] => [
  ...new Map(
    [...policies.values()].flatMap((policy) => (policy.test ? [] : policy.caps)).map((cap) => [cap.id, cap]),
  ).values(),
]

/** What counts for everybody of each version that occurs. */
export async function loadPolicies(trx: Trx, question: Question): Promise<Policies> {
  const { account, channel, now, rows, sends, versions } = question
  const keys = new Set(rows.map(policyKey))
  const limits = await limitsInForce(trx, account.id)
  const calls = await callsLeft(trx, account, channel, now)
  const named = [...keys].flatMap((key) => versions.get(key)?.template?.id ?? [])
  const templates = named.length === 0 ? new Map() : await templateState(trx, [...new Set(named)])
  const policies = new Map<string, DeliveryPolicy>()
  for (const key of keys) {
    const version = versions.get(key)
    const send = version && sends.get(version.sendId)
    if (version === undefined || send === undefined) continue
    const { purpose, state } = send
    policies.set(key, {
      channel,
      state,
      template: stateOf(version.template, templates),
      test: send.ownerKind === 'test',
      callsLeft: calls,
      ...applicable(limits, { accountId: account.id, channel, purpose, limits: version.limits }),
      notAfter: version.limits.notAfter === null ? null : new Date(version.limits.notAfter),
    })
  }
  return policies
}

/** Whether a template is still what a content was written for. */
export function stateOf(
  written: SendVersion['template'],
  states: ReadonlyMap<string, { fingerprint: string; gone: boolean }>,
): DeliveryPolicy['template'] {
  if (written === null) return 'as-written'
  const state = states.get(written.id)
  if (state === undefined || state.gone) return 'gone'
  return state.fingerprint === written.fingerprint ? 'as-written' : 'changed'
}

export async function readFacts(
  ctx: Pick<Ctx, 'secrets'>,
  trx: Trx,
  { channel, now, rows, sends, versions }: Question,
  caps: readonly Cap[],
): Promise<Map<string, DeliveryFacts>> {
  const asked = rows.map(({ id, contactId, fanId, sendId, occurrence }) => ({
    key: id,
    contactId,
    fanId,
    sendId,
    occurrence,
    deliveryId: /^\d+$/.test(id) ? id : null,
  }))
  const people = await personFacts(trx, asked, now)
  const persons = [...new Set([...people.values()].map(({ person }) => person))]
  const uses = await usesOf(trx, persons, { caps, now })
  const windows =
    channel === 'customer-service'
      ? await windowsOf(
          trx,
          rows.map((row) => row.fanId),
        )
      : new Map()
  const still = await stillOf(trx, { rows, versions, people, now })
  const grants = channel === 'subscription' ? await grantsByTemplate(trx, rows, versions) : new Map()
  const keys = holdoutKeys(ctx, sends)
  const facts = new Map<string, DeliveryFacts>()
  for (const row of rows) {
    const known = people.get(row.id)
    if (known === undefined) throw new Error('every row has its person')
    const { person, lastInteractionAt: _, ...own } = known
    const templateId = versions.get(policyKey(row))?.template?.id
    facts.set(row.id, {
      ...own,
      ...still(row),
      windows: windows.get(row.fanId) ?? [],
      grant: grants.get(`${templateId}:${row.fanId}`) ?? null,
      uses: uses.get(person) ?? {},
      heldOut: isHeldOut(keys.get(row.sendId) ?? '', person, sends.get(row.sendId)?.holdout ?? 0),
      notAfter: row.notAfter ?? null,
    })
  }
  return facts
}

const holdoutKeys = (ctx: Pick<Ctx, 'secrets'>, sends: ReadonlyMap<string, SendRow>): Map<string, string> =>
  new Map(
    [...sends.values()]
      .filter(({ holdout }) => holdout > 0)
      .map((send) => [send.id, holdoutKey(ctx, { kind: send.ownerKind, id: send.ownerId })]),
  )

async function grantsByTemplate(
  trx: Trx,
  rows: readonly FactRow[],
  versions: ReadonlyMap<string, SendVersion>,
): Promise<Map<string, { left: number; rejected: boolean }>> {
  const grants = new Map<string, { left: number; rejected: boolean }>()
  for (const [templateId, some] of fansByTemplate(rows, versions))
    for (const [fanId, { left, rejected }] of await grantsOf(trx, templateId, some))
      grants.set(`${templateId}:${fanId}`, { left, rejected })
  return grants
}

/** In the order in which everybody locks them. */
export function fansByTemplate(
  rows: readonly Pick<FactRow, 'sendId' | 'version' | 'fanId'>[],
  versions: ReadonlyMap<string, SendVersion>,
): [string, string[]][] {
  const byTemplate = Map.groupBy(rows, (row) => versions.get(policyKey(row))?.template?.id ?? '')
  byTemplate.delete('')
  return [...byTemplate]
    .sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1))
    .map(([templateId, some]) => [templateId, some.map((row) => row.fanId)])
}
