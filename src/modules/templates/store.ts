import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import type { MessageTemplate, SyncOutcome, TemplateField, TemplateKind } from './schema.ts'

/** A template as WeChat just showed it. */
export type SeenTemplate = Pick<
  MessageTemplate,
  'wechatId' | 'title' | 'content' | 'example' | 'family' | 'industry' | 'term' | 'fingerprint'
> & { fields: TemplateField[] }

type Row = Omit<MessageTemplate, 'firstSeenAt' | 'changedAt' | 'syncedAt' | 'goneAt'> &
  Record<'firstSeenAt' | 'syncedAt', Date> &
  Record<'changedAt' | 'goneAt', Date | null>

const COLUMNS = sql`t.id, t.account_id as "accountId", t.kind, t.wechat_id as "wechatId", t.title, t.content, t.example, t.fields,
  t.family, t.industry, t.term, t.fingerprint, t.first_seen_at as "firstSeenAt", t.changed_at as "changedAt",
  t.synced_at as "syncedAt", t.gone_at as "goneAt",
  (select count(*)::int from template_uses u where u.template_id = t.id and u.active) as "usedBy"`

const present = (row: Row): MessageTemplate => ({
  ...row,
  firstSeenAt: row.firstSeenAt.toISOString(),
  changedAt: row.changedAt?.toISOString() ?? null,
  syncedAt: row.syncedAt.toISOString(),
  goneAt: row.goneAt?.toISOString() ?? null,
})

async function select(db: Executor, rest: RawBuilder<unknown>): Promise<MessageTemplate[]> {
  const { rows } = await sql<Row>`select ${COLUMNS} from message_templates t ${rest}`.execute(db)
  return rows.map(present)
}

export const selectTemplates = (
  db: Executor,
  where: { accountId: string; ids?: readonly string[]; kind?: TemplateKind },
): Promise<MessageTemplate[]> =>
  select(
    db,
    sql`where t.account_id = ${where.accountId}::bigint
      and (${where.ids === undefined} or t.id = any(${where.ids ?? []}::bigint[]))
      and (${where.kind === undefined} or t.kind = ${where.kind ?? ''})
      order by t.id desc limit 500`,
  )

type Filter = {
  kind?: TemplateKind | undefined
  q?: string | undefined
  gone: boolean
  cursor?: string | undefined
  limit: number
}

/** Newest first. */
export async function selectTemplatePage(
  db: Executor,
  accountId: string,
  { kind, q, gone, cursor, limit }: Filter,
): Promise<Page<MessageTemplate>> {
  const like = q && `%${q.replace(/[\\%_]/g, '\\$&')}%`
  const rows = await select(
    db,
    sql`where t.account_id = ${accountId}::bigint
      ${kind ? sql`and t.kind = ${kind}` : sql``}
      ${like ? sql`and (t.title ilike ${like} or t.wechat_id ilike ${like})` : sql``}
      ${gone ? sql`` : sql`and t.gone_at is null`}
      ${cursor ? sql`and t.id < ${cursor}::bigint` : sql``}
      order by t.id desc limit ${limit + 1}`,
  )
  return toPage(rows, limit, (row) => row.id)
}

export type TemplateState = { wechatId: string; fingerprint: string; gone: boolean }

export async function selectStates(
  db: Executor,
  ids: readonly string[],
): Promise<Map<string, TemplateState>> {
  const { rows } = await sql<TemplateState & { id: string }>`
    select id, wechat_id as "wechatId", fingerprint, gone_at is not null as gone from message_templates
    where id = any(${[...ids]}::bigint[])`.execute(db)
  return new Map(rows.map(({ id, ...state }) => [id, state]))
}

/**
 * Writes down all templates of one kind as WeChat just listed them, and says what is other than before. One that is back
 * after it was gone counts as added.
 */
export async function storeLook(
  trx: Executor,
  accountId: string,
  look: { kind: TemplateKind; seen: readonly SeenTemplate[]; at: Date },
): Promise<SyncOutcome> {
  const seen = JSON.stringify([...new Map(look.seen.map((one) => [one.wechatId, one])).values()])
  const { rows } = await sql<{ id: string; what: keyof SyncOutcome | 'same' }>`
    with seen as (
      select * from jsonb_to_recordset(${seen}::jsonb) as s("wechatId" text, title text, content text, example text,
        fields jsonb, family text, industry text, term text, fingerprint text)),
    before as (
      select id, wechat_id, fingerprint, gone_at from message_templates
      where account_id = ${accountId}::bigint and kind = ${look.kind} for update),
    gone as (
      update message_templates t set gone_at = ${look.at} from before b
      where t.id = b.id and b.gone_at is null and b.wechat_id not in (select "wechatId" from seen)
      returning t.id),
    kept as (
      insert into message_templates as t (account_id, kind, wechat_id, title, content, example, fields, family, industry, term,
        fingerprint, first_seen_at, synced_at)
      select ${accountId}::bigint, ${look.kind}, "wechatId", title, content, example, fields, family, industry, term,
        fingerprint, ${look.at}, ${look.at} from seen
      on conflict (account_id, kind, wechat_id) do update set
        title = excluded.title, content = excluded.content, example = excluded.example, fields = excluded.fields,
        family = excluded.family, industry = excluded.industry, term = excluded.term,
        changed_at = case when t.fingerprint = excluded.fingerprint then t.changed_at else ${look.at} end,
        fingerprint = excluded.fingerprint, synced_at = excluded.synced_at, gone_at = null
      returning t.id, t.fingerprint)
    select id, 'gone' as what from gone
    union all
    select k.id, case when b.id is null or b.gone_at is not null then 'added'
      when b.fingerprint <> k.fingerprint then 'changed' else 'same' end
    from kept k left join before b on b.id = k.id
    order by id`.execute(trx)
  const of = (what: string) => rows.filter((row) => row.what === what).map(({ id }) => id)
  return { added: of('added'), changed: of('changed'), gone: of('gone') }
}

/** False where it was gone before. */
export async function markGone(db: Executor, templateId: string, at: Date): Promise<boolean> {
  const { rows } = await sql`update message_templates set gone_at = ${at}
    where id = ${templateId}::bigint and gone_at is null returning id`.execute(db)
  return rows.length > 0
}
