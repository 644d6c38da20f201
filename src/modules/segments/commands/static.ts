import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { invalid } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { scopeOf, toE164, withinScope } from '../../contacts/index.ts'
import { readSegment } from '../present.ts'
import { type IdKind, MAX_UPLOADED_IDS, type Origin, type Segment } from '../schema/segment.ts'
import * as given from '../store/given.ts'
import { insertSegment } from '../store/segments.ts'
import { insertStatic, sealSnapshot, writeMembers } from '../store/snapshots.ts'
import { accountFor, subjectOf } from './save.ts'

export type NewStatic = {
  name: string
  description?: string
  accountId: string | null
  listed?: boolean
  origin: Origin
  /** A SELECT of `contact_id`, each person once; merged ones are found. */
  people: RawBuilder<{ contact_id: string }>
}

/** Makes a static segment of a relation of people, in the caller's transaction, and returns its id. */
export async function createStaticSegment(ctx: Ctx, trx: Executor, segment: NewStatic): Promise<string> {
  const now = ctx.clock.now()
  const id = await insertSegment(trx, {
    name: segment.name,
    description: segment.description ?? '',
    accountId: segment.accountId,
    updateKind: 'static',
    rule: null,
    origin: segment.origin,
    dailyMinute: null,
    listed: segment.listed ?? true,
    failurePolicy: 'last_good',
    dueAt: null,
    createdBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
    at: now,
  })
  const cause = segment.origin.kind === 'split' ? 'split' : 'import'
  const snapshotId = await insertStatic(trx, id, { cause, at: now })
  const size = await writeMembers(trx, snapshotId, canonical(segment.people))
  await sealSnapshot(trx, { segmentId: id, snapshotId, size })
  await audit(ctx, trx, {
    action: 'segment.created',
    accountId: segment.accountId ?? undefined,
    subject: subjectOf(id),
    detail: { name: segment.name, updateKind: 'static', origin: segment.origin.kind, size },
  })
  return id
}

const canonical = (people: RawBuilder<{ contact_id: string }>): RawBuilder<{ contact_id: string }> =>
  sql<{ contact_id: string }>`select distinct coalesce(became.merged_into, p.contact_id) as contact_id
    from (${people}) p left join contact_aliases became on became.contact_id = p.contact_id`

type Static = {
  name: string
  description?: string
  accountId?: string | undefined
  listed: boolean
}
type Ids = { idKind: IdKind; ids: Iterable<string> | AsyncIterable<string> }

/** How many ids go to the database at a time. */
const PORTION = 10_000

/**
 * Makes a static segment of ids that may come as a stream, at most 1,000,000 (`list_too_long`). Each person is in it
 * once; ids that nobody has are kept apart for download. Openids need an account (`segment_account_needed`).
 */
export async function createFromIds(ctx: Ctx, fields: Static, { idKind, ids }: Ids): Promise<Segment> {
  const accountId = await accountFor(ctx, fields.accountId)
  if (idKind === 'openid' && accountId === null)
    throw invalid('segment_account_needed', 'an openid belongs to an account: name it')
  return inTransaction(ctx.db, async (trx) => {
    await given.createGiven(trx)
    await gather(ids, idKind, (portion) => given.insertGiven(trx, portion))
    const counts = { given: 0, repeated: 0, unknown: 0 }
    const segmentId = await createStaticSegment(ctx, trx, {
      ...fields,
      accountId,
      origin: { kind: 'import', idKind, ...counts },
      people: given.givenPeople(idKind, accountId),
    })
    Object.assign(counts, await given.keepUnknown(trx, { segmentId, idKind, accountId }))
    await given.setOrigin(trx, segmentId, { kind: 'import', idKind, ...counts })
    return readSegment(ctx, segmentId, trx)
  })
}

async function gather(
  ids: Ids['ids'],
  idKind: IdKind,
  store: (portion: string[]) => Promise<void>,
): Promise<void> {
  let portion: string[] = []
  let count = 0
  for await (const id of ids) {
    count += 1
    if (count > MAX_UPLOADED_IDS)
      throw invalid('list_too_long', 'a list has at most 1,000,000 ids', { max: MAX_UPLOADED_IDS })
    portion.push(storable(idKind === 'phone' ? (toE164(id) ?? id) : id))
    if (portion.length === PORTION) {
      await store(portion)
      portion = []
    }
  }
  if (count === 0) throw invalid('list_empty', 'there is no id in the list')
  if (portion.length > 0) await store(portion)
}

/** An id with what no column takes is nobody's, and is shown as such. */
const storable = (id: string): string => id.replaceAll('\0', '�').slice(0, 256)

/** Makes a static segment of people picked by hand; those the caller may not see are refused (`contacts_not_found`). */
export async function createFromContacts(
  ctx: Ctx,
  fields: Static,
  contactIds: readonly string[],
): Promise<Segment> {
  const accountId = await accountFor(ctx, fields.accountId)
  const scope = accountId === null ? scopeOf(ctx) : [accountId]
  const people = sql<{ contact_id: string }>`
    select distinct c.id as contact_id from unnest(${[...contactIds]}::bigint[]) as p (id)
    left join contact_aliases became on became.contact_id = p.id
    join contacts c on c.id = coalesce(became.merged_into, p.id)
    where ${withinScope(scope, sql`c.id`)}`
  return inTransaction(ctx.db, async (trx) => {
    const segmentId = await createStaticSegment(ctx, trx, {
      ...fields,
      accountId,
      origin: { kind: 'picked' },
      people,
    })
    const segment = await readSegment(ctx, segmentId, trx)
    if (segment.size === 0) throw invalid('contacts_not_found', 'none of these people is known here')
    return segment
  })
}
