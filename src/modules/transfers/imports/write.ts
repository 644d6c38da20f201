import type { PoolClient } from 'pg'
import type { Ctx } from '../../../context.ts'
import { onClient } from '../../../infra/transaction.ts'
import {
  type AttributeChange,
  askingIn,
  findOrMakePeople,
  keyOf,
  lockIdentities,
  ownersOf,
  writeAttributes,
} from '../../contacts/index.ts'
import { giveEach, tagsByName } from '../../tags/index.ts'
import { type ImportOutcome, MAX_NEW_TAGS, type RowProblem } from '../schema.ts'
import { type Decided, decideRows, identitiesIn, readRows } from './decide.ts'
import type { PersonRow, RowPlan } from './row.ts'

export type WrittenRow = { outcome: ImportOutcome; contactId: string | null; problems: RowProblem[] }
export type Written = {
  rows: WrittenRow[]
  /** Rows whose identities stay with different people, which somebody has to decide. */
  reviews: number
  newTags: number
}
type Named = { index: number; outcome: 'new' | 'known'; person: PersonRow; contactId: string }

const MOST_CHANGES = 1_000

/**
 * Writes at most 500 rows in the caller's transaction, in this order everywhere: identities, people, attributes, tags.
 * What is so already is not written, so that the same rows again change nothing.
 */
export async function writePeople(
  ctx: Pick<Ctx, 'secrets'>,
  client: PoolClient,
  {
    plan,
    records,
    newTags,
    now,
  }: { plan: RowPlan; records: readonly string[][]; newTags: number; now: Date },
): Promise<Written> {
  const rows = readRows(plan, records)
  await lockIdentities(askingIn(onClient(client)), identitiesIn(rows))
  const { decided, owners } = await decideRows(ctx, onClient(client), plan, rows)
  const tags = await makeTags(client, { decided, plan, left: MAX_NEW_TAGS - newTags, now })
  const people = await placePeople(client, decided, now)
  const touched = await writeValues(client, people, now)
  const pairs = people.flatMap(({ person, contactId }) =>
    person.tags.map((name) => ({ contactId, tagId: tags.ids.get(name) as string })),
  )
  for (const id of await giveEach(client, pairs, now)) touched.add(id)
  const written = decided.map((one): WrittenRow => {
    if (one.outcome === 'refused') return { outcome: 'refused', contactId: null, problems: one.problems }
    return { outcome: 'skipped', contactId: null, problems: [] }
  })
  for (const { index, outcome, person, contactId } of people) {
    const linked = person.ids.some((identity) => !owners.has(keyOf(identity)))
    const changed = linked || touched.has(contactId) ? 'updated' : 'unchanged'
    written[index] = { outcome: outcome === 'new' ? 'created' : changed, contactId, problems: [] }
  }
  return { rows: written, reviews: await countApart(client, people), newTags: tags.made }
}

async function placePeople(client: PoolClient, decided: readonly Decided[], now: Date): Promise<Named[]> {
  const named = decided.flatMap((one, index) => ('person' in one ? [{ index, ...one }] : []))
  const found = await findOrMakePeople(
    client,
    named.map(({ person }) => person.claim),
    now,
  )
  return named.map((one, at) => ({ ...one, contactId: found[at]?.contactId as string }))
}

/** Of several rows about one person the last holds. */
async function writeValues(client: PoolClient, people: readonly Named[], now: Date): Promise<Set<string>> {
  const last = new Map<string, AttributeChange>()
  for (const { person, contactId } of people)
    for (const change of person.changes) last.set(`${contactId}:${change.key}`, { contactId, ...change })
  const changes = [...last.values()]
  const touched = new Set<string>()
  for (let at = 0; at < changes.length; at += MOST_CHANGES) {
    const written = await writeAttributes(client, changes.slice(at, at + MOST_CHANGES), now, {
      origin: 'import',
    })
    for (const id of written.people) touched.add(id)
  }
  return touched
}

/** Makes the tags there are not yet; rows that would make more than an import may are refused instead. */
async function makeTags(
  client: PoolClient,
  { decided, plan, left, now }: { decided: Decided[]; plan: RowPlan; left: number; now: Date },
): Promise<{ ids: Map<string, string>; made: number }> {
  const named = [...new Set(decided.flatMap((one) => ('person' in one ? one.person.tags : [])))]
  if (named.length === 0) return { ids: new Map(), made: 0 }
  const known = await tagsByName(client, named)
  const fresh = named.filter((name) => !known.has(name))
  const beyond = new Set(fresh.slice(Math.max(0, left)))
  for (const [index, one] of decided.entries()) {
    const name = 'person' in one ? one.person.tags.find((each) => beyond.has(each)) : undefined
    if (name === undefined) continue
    const problem = { column: plan.options.mapping.tags ?? '', reason: 'too_many_new_tags', value: name }
    decided[index] = { outcome: 'refused', problems: [problem] }
  }
  const wanted = named.filter((name) => !beyond.has(name))
  const ids = await tagsByName(client, wanted, { createAt: now })
  return { ids, made: fresh.length - beyond.size }
}

async function countApart(client: PoolClient, people: readonly Named[]): Promise<number> {
  const several = people.filter(({ person }) => person.ids.length > 1)
  const owners = await ownersOf(
    onClient(client),
    several.flatMap(({ person }) => person.ids),
  )
  return several.filter(({ person }) => new Set(person.ids.map((id) => owners.get(keyOf(id)))).size > 1)
    .length
}
