import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { ENDING_MS, KEPT_ALIVE_MS } from '../rules.ts'
import type { CodeLife, CodeState, Scene } from '../schema.ts'

export type CodeRow = {
  id: string
  accountId: string
  name: string
  folderId: string | null
  placementId: string | null
  life: CodeLife
  scene: string
  sceneIsNumber: boolean
  lifeSeconds: number | null
  linkKey: string
  url: string | null
  expiresAt: Date | null
  state: CodeState
  problem: { reason: string; detail: Record<string, unknown> } | null
  ruleId: string | null
  logoKey: string | null
  createdAt: Date
  createdBy: string | null
  archivedAt: Date | null
}

const COLUMNS = sql`c.id, c.account_id as "accountId", c.name, c.folder_id as "folderId", c.placement_id as "placementId",
  c.life, c.scene, c.scene_is_number as "sceneIsNumber", c.life_seconds as "lifeSeconds", c.link_key as "linkKey", c.url,
  c.expires_at as "expiresAt", c.state, c.problem, c.rule_id as "ruleId", c.logo_key as "logoKey",
  c.created_at as "createdAt", (select name from operators where id = c.created_by) as "createdBy",
  c.archived_at as "archivedAt"`

export async function findCode(
  db: Executor,
  { accountId, qrCodeId }: { accountId: string; qrCodeId: string },
  { lock = false } = {},
): Promise<CodeRow | undefined> {
  const { rows } = await sql<CodeRow>`
    select ${COLUMNS} from qr_codes c where c.id = ${qrCodeId}::bigint and c.account_id = ${accountId}::bigint
    ${lock ? sql`for update of c` : sql``}`.execute(db)
  return rows[0]
}

export async function selectCodesById(
  db: Executor,
  accountId: string,
  ids: readonly string[],
): Promise<CodeRow[]> {
  const { rows } = await sql<CodeRow>`
    select ${COLUMNS} from qr_codes c
    where c.account_id = ${accountId}::bigint and c.id = any(${[...ids]}::bigint[]) order by c.id`.execute(db)
  return rows
}

export type CodeFilter = {
  q?: string | undefined
  folder?: string | undefined
  placement?: string | undefined
  life?: CodeLife | undefined
  state?: CodeState | 'ending' | 'lapsing' | 'refused' | undefined
  archived: boolean
  cursor?: string | undefined
  limit: number
}

/** Good yet, though WeChat did not make it anew. */
const REFUSED = sql`c.state = 'ready' and c.problem is not null`
/** Ends within three days, or with a quarter of its life left where that is shorter, and is not kept alive. */
const LAPSING = (now: Date) => sql`c.life = 'temporary' and c.state = 'ready' and c.expires_at > ${now}
  and c.expires_at - least(${ENDING_MS} * interval '1 millisecond', c.life_seconds * interval '0.25 second') <= ${now}
  and (c.page_opened_at > ${new Date(now.getTime() - KEPT_ALIVE_MS)}) is not true`

function inState(state: NonNullable<CodeFilter['state']>, now: Date) {
  switch (state) {
    case 'ending':
      return sql`c.life = 'temporary' and c.expires_at < ${new Date(now.getTime() + ENDING_MS)}`
    case 'lapsing':
      return LAPSING(now)
    case 'refused':
      return REFUSED
    default:
      return sql`c.state = ${state}`
  }
}

/** One more than `limit` where there are more. */
export async function selectCodes(
  db: Executor,
  accountId: string,
  { filter, now }: { filter: CodeFilter; now: Date },
): Promise<CodeRow[]> {
  const like = filter.q === undefined ? undefined : `%${filter.q.replaceAll(/[\\%_]/g, '\\$&')}%`
  const filed = (column: string, value: string | undefined) => {
    if (value === undefined) return sql``
    return value === 'none'
      ? sql`and ${sql.ref(column)} is null`
      : sql`and ${sql.ref(column)} = ${value}::bigint`
  }
  const state = filter.state === undefined ? sql`` : sql`and ${inState(filter.state, now)}`
  const { rows } = await sql<CodeRow>`
    select ${COLUMNS} from qr_codes c
    where c.account_id = ${accountId}::bigint and (c.archived_at is not null) = ${filter.archived}
      ${like === undefined ? sql`` : sql`and (c.name ilike ${like} or c.scene ilike ${like})`}
      ${filed('c.folder_id', filter.folder)} ${filed('c.placement_id', filter.placement)}
      ${filter.life === undefined ? sql`` : sql`and c.life = ${filter.life}`} ${state}
      ${filter.cursor === undefined ? sql`` : sql`and c.id < ${filter.cursor}::bigint`}
    order by c.id desc limit ${filter.limit + 1}`.execute(db)
  return rows
}

export async function countPermanent(db: Executor, accountId: string): Promise<number> {
  const { rows } = await sql<{ n: string }>`select count(*) as n from qr_codes c
    where account_id = ${accountId}::bigint and ${PERMANENT}`.execute(db)
  return Number(rows[0]?.n ?? 0)
}

/** At WeChat, or about to be. */
const PERMANENT = sql`c.life = 'permanent' and c.state <> 'failed' and not (c.state = 'waiting' and c.archived_at is not null)`

/** Codes of the account by what there is to know of them. */
export async function countCodes(
  db: Executor,
  accountId: string,
  now: Date,
): Promise<Record<'waiting' | 'failed' | 'refused' | 'lapsing' | 'permanent', number>> {
  const { rows } = await sql<Record<string, string>>`
    select count(*) filter (where c.state = 'waiting' and c.archived_at is null) as waiting,
      count(*) filter (where c.state = 'failed' and c.archived_at is null) as failed,
      count(*) filter (where ${REFUSED} and c.archived_at is null) as refused,
      count(*) filter (where ${LAPSING(now)} and c.archived_at is null) as lapsing,
      count(*) filter (where ${PERMANENT}) as permanent
    from qr_codes c where c.account_id = ${accountId}::bigint`.execute(db)
  const of = (name: string) => Number(rows[0]?.[name] ?? 0)
  return {
    waiting: of('waiting'),
    failed: of('failed'),
    refused: of('refused'),
    lapsing: of('lapsing'),
    permanent: of('permanent'),
  }
}

/** Whoever makes codes of the account waits for whoever does already, so that its permanent ones are counted rightly. */
export const lockCodesOf = (trx: Executor, accountId: string) =>
  sql`select pg_advisory_xact_lock(hashtext('qr-codes'), hashtext(${accountId}))`.execute(trx)

/** Ids before their rows, for scenes are made of them. */
export async function takeIds(trx: Executor, count: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select nextval(pg_get_serial_sequence('qr_codes', 'id')) as id from generate_series(1, ${count}::int)`.execute(
    trx,
  )
  return rows.map((row) => row.id)
}

export async function scenesTaken(
  trx: Executor,
  accountId: string,
  scenes: readonly string[],
  most = 20,
): Promise<string[]> {
  const { rows } = await sql<{ scene: string }>`
    select scene from qr_codes where account_id = ${accountId}::bigint and scene = any(${[...scenes]}::text[])
    order by scene limit ${most}`.execute(trx)
  return rows.map((row) => row.scene)
}

/** Codes by their scenes, archived ones too. */
export async function namesOfScenes(
  db: Executor,
  of: readonly { accountId: string; scene: string }[],
): Promise<{ id: string; name: string; accountId: string; scene: string }[]> {
  const { rows } = await sql<{ id: string; name: string; accountId: string; scene: string }>`
    select c.id, c.name, c.account_id as "accountId", c.scene from (
      select distinct * from unnest(${of.map((one) => one.accountId)}::bigint[], ${of.map((one) => one.scene)}::text[])
        as u (account_id, scene)) u
    join qr_codes c on c.account_id = u.account_id and c.scene = u.scene`.execute(db)
  return rows
}

export type InsertedCode = {
  id: string
  name: string
  scene: Scene
  linkKey: string
  folderId: string | null
  placementId: string | null
}
type Alike = {
  accountId: string
  life: CodeLife
  lifeSeconds: number | null
  logoKey: string | null
  createdBy: string | null
  at: Date
}

export async function insertCodes(
  trx: Executor,
  codes: readonly InsertedCode[],
  alike: Alike,
): Promise<void> {
  await sql`
    insert into qr_codes (id, account_id, name, folder_id, placement_id, life, scene, scene_is_number, life_seconds,
      link_key, state, logo_key, created_by, created_at)
    overriding system value
    select u.id, ${alike.accountId}::bigint, u.name, u.folder_id, u.placement_id, ${alike.life},
      u.scene, u.is_number, ${alike.lifeSeconds}::int, u.link_key,
      ${alike.life === 'known' ? 'ready' : 'waiting'}, ${alike.logoKey}, ${alike.createdBy}::bigint, ${alike.at}
    from unnest(${codes.map((code) => code.id)}::bigint[], ${codes.map((code) => code.name)}::text[],
      ${codes.map((code) => code.scene.text)}::text[], ${codes.map((code) => code.scene.isNumber)}::bool[],
      ${codes.map((code) => code.linkKey)}::text[], ${codes.map((code) => code.folderId)}::bigint[],
      ${codes.map((code) => code.placementId)}::bigint[])
      as u (id, name, scene, is_number, link_key, folder_id, placement_id)`.execute(trx)
}

export type Edited = {
  name: string
  folderId: string | null
  placementId: string | null
  logoKey: string | null
}

export const updateCode = (trx: Executor, id: string, edited: Edited) =>
  trx
    .updateTable('qr_codes')
    .set({
      name: edited.name,
      folder_id: edited.folderId,
      placement_id: edited.placementId,
      logo_key: edited.logoKey,
    })
    .where('id', '=', id)
    .execute()

/** What is undefined stays. Returns whose row was changed. */
export async function fileCodes(
  trx: Executor,
  accountId: string,
  {
    ids,
    folderId,
    placementId,
  }: {
    ids: readonly string[]
    folderId?: string | null | undefined
    placementId?: string | null | undefined
  },
): Promise<string[]> {
  const rows = await trx
    .updateTable('qr_codes')
    .set({
      ...(folderId !== undefined && { folder_id: folderId }),
      ...(placementId !== undefined && { placement_id: placementId }),
    })
    .where('account_id', '=', accountId)
    .where('id', 'in', [...ids])
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

export const archiveCode = (trx: Executor, id: string, at: Date) =>
  trx.updateTable('qr_codes').set({ archived_at: at }).where('id', '=', id).execute()

/** Codes with this answer, the first made first. */
export const codesOfRule = (db: Executor, ruleId: string): Promise<{ id: string; scene: string }[]> =>
  db.selectFrom('qr_codes').select(['id', 'scene']).where('rule_id', '=', ruleId).orderBy('id').execute()

export const setRule = (trx: Executor, ids: readonly string[], ruleId: string | null) =>
  trx
    .updateTable('qr_codes')
    .set({ rule_id: ruleId })
    .where('id', 'in', [...ids])
    .execute()
