import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'

export type PageRow = {
  id: string
  accountId: string
  pageKey: string
  name: string
  title: string
  text: string
  button: string
  opened: number
  createdAt: Date
  archivedAt: Date | null
  templates: { id: string; title: string; gone: boolean; wechatId: string }[]
}
export type PageFields = Pick<PageRow, 'name' | 'title' | 'text' | 'button'> & { templateIds: string[] }

async function select(db: Executor, rest: RawBuilder<unknown>): Promise<PageRow[]> {
  const { rows } = await sql<PageRow>`
    select p.id, p.account_id as "accountId", p.page_key as "pageKey", p.name, p.title, p.text, p.button,
      p.opened::int as opened, p.created_at as "createdAt", p.archived_at as "archivedAt",
      array(select json_build_object('id', t.id::text, 'title', t.title, 'gone', t.gone_at is not null, 'wechatId', t.wechat_id)
        from unnest(p.template_ids) with ordinality as u(id, place) join message_templates t on t.id = u.id
        order by u.place) as templates
    from subscribe_pages p ${rest}`.execute(db)
  return rows
}

export async function selectPages(
  db: Executor,
  accountId: string,
  { archived, cursor, limit }: { archived: boolean; cursor?: string | undefined; limit: number },
): Promise<Page<PageRow>> {
  const rows = await select(
    db,
    sql`where p.account_id = ${accountId}::bigint
      ${archived ? sql`` : sql`and p.archived_at is null`}
      ${cursor ? sql`and p.id < ${cursor}::bigint` : sql``}
      order by p.id desc limit ${limit + 1}`,
  )
  return toPage(rows, limit, ({ id }) => id)
}

export const selectPage = async (
  db: Executor,
  { accountId, pageId }: { accountId: string; pageId: string },
): Promise<PageRow | undefined> =>
  (await select(db, sql`where p.account_id = ${accountId}::bigint and p.id = ${pageId}::bigint`))[0]

/** The page of an address, while it is online. */
export const selectOnline = async (db: Executor, pageKey: string): Promise<PageRow | undefined> =>
  (await select(db, sql`where p.page_key = ${pageKey} and p.archived_at is null`))[0]

export async function insertPage(
  db: Executor,
  page: PageFields & { accountId: string; pageKey: string; createdBy: string | null; at: Date },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into subscribe_pages (account_id, page_key, name, title, text, button, template_ids, created_by, created_at)
    values (${page.accountId}::bigint, ${page.pageKey}, ${page.name}, ${page.title}, ${page.text}, ${page.button},
      ${page.templateIds}::bigint[], ${page.createdBy}::bigint, ${page.at}) returning id`.execute(db)
  return rows[0]?.id ?? ''
}

/** False where it was archived. */
export async function updatePage(db: Executor, pageId: string, page: PageFields): Promise<boolean> {
  const { rows } = await sql`
    update subscribe_pages set name = ${page.name}, title = ${page.title}, text = ${page.text}, button = ${page.button},
      template_ids = ${page.templateIds}::bigint[]
    where id = ${pageId}::bigint and archived_at is null returning id`.execute(db)
  return rows.length > 0
}

/** False where it was archived before. */
export async function archive(db: Executor, pageId: string, at: Date): Promise<boolean> {
  const { rows } = await sql`update subscribe_pages set archived_at = ${at}
    where id = ${pageId}::bigint and archived_at is null returning id`.execute(db)
  return rows.length > 0
}

export const countOpened = (db: Executor, pageId: string): Promise<unknown> =>
  sql`update subscribe_pages set opened = opened + 1 where id = ${pageId}::bigint`.execute(db)
