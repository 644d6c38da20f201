import { randomBytes } from 'node:crypto'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import type { Page } from '../../../kernel/paging.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { templatesOf } from '../../templates/index.ts'
import type { SubscribePage, SubscribePageInput } from '../schema.ts'
import * as store from './store.ts'

type OnePage = { accountId: string; pageId: string }

export async function listSubscribePages(
  ctx: Ctx,
  accountId: string,
  query: Parameters<typeof store.selectPages>[2],
): Promise<Page<SubscribePage> & { domain: string }> {
  await getAccount(ctx, accountId)
  const page = await store.selectPages(ctx.db, accountId, query)
  const items = page.items.map((row) => present(ctx, row))
  return { ...page, items, domain: new URL(ctx.config.publicUrl).hostname }
}

/**
 * Makes a page on which people subscribe. Templates are refused where they are not of the account or gone
 * (`template_gone`), or one-time and long-term ones together (`terms_mixed`).
 */
export async function createSubscribePage(
  ctx: Ctx,
  accountId: string,
  input: SubscribePageInput,
): Promise<SubscribePage> {
  await getAccount(ctx, accountId)
  return inTransaction(ctx.db, async (trx) => {
    await requireUsable(trx, accountId, input.templateIds)
    const pageId = await store.insertPage(trx, {
      ...input,
      accountId,
      pageKey: randomBytes(9).toString('base64url'),
      createdBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
      at: ctx.clock.now(),
    })
    await auditPage(ctx, trx, { accountId, pageId }, { action: 'subscribe_page.created', name: input.name })
    return present(ctx, await findPage(trx, { accountId, pageId }))
  })
}

/** The address stays. Refused as {@link createSubscribePage} is, or with `page_archived`. */
export function updateSubscribePage(
  ctx: Ctx,
  of: OnePage,
  input: SubscribePageInput,
): Promise<SubscribePage> {
  return inTransaction(ctx.db, async (trx) => {
    await findPage(trx, of)
    await requireUsable(trx, of.accountId, input.templateIds)
    if (!(await store.updatePage(trx, of.pageId, input))) throw archived()
    await auditPage(ctx, trx, of, { action: 'subscribe_page.updated', name: input.name })
    return present(ctx, await findPage(trx, of))
  })
}

export function archiveSubscribePage(ctx: Ctx, of: OnePage): Promise<SubscribePage> {
  return inTransaction(ctx.db, async (trx) => {
    const { name } = await findPage(trx, of)
    if (!(await store.archive(trx, of.pageId, ctx.clock.now()))) throw archived()
    await auditPage(ctx, trx, of, { action: 'subscribe_page.archived', name })
    return present(ctx, await findPage(trx, of))
  })
}

async function findPage(db: Executor, of: OnePage): Promise<store.PageRow> {
  const row = await store.selectPage(db, of)
  if (row === undefined) throw notFound('subscribe page')
  return row
}

async function requireUsable(db: Executor, accountId: string, ids: readonly string[]): Promise<void> {
  const own = new Map((await templatesOf(db, accountId, 'subscription')).map((one) => [one.id, one]))
  const templates = ids.map((id) => own.get(id))
  const unusable = templates.findIndex((one) => one === undefined || one.goneAt !== null)
  if (unusable >= 0)
    throw invalid('template_gone', 'a template is not of this account, or no longer at WeChat', {
      field: `templateIds.${unusable}`,
    })
  if (new Set(templates.map((one) => one?.term)).size > 1)
    throw invalid('terms_mixed', 'one-time and long-term templates can not be asked for together')
}

const archived = () => conflict('page_archived', 'the page is archived')

const auditPage = (
  ctx: Ctx,
  trx: Executor,
  { accountId, pageId }: OnePage,
  { action, name }: { action: string; name: string },
) => audit(ctx, trx, { action, accountId, subject: { kind: 'subscribe-page', id: pageId }, detail: { name } })

const present = (ctx: Ctx, row: store.PageRow): SubscribePage => ({
  id: row.id,
  accountId: row.accountId,
  name: row.name,
  title: row.title,
  text: row.text,
  button: row.button,
  templates: row.templates.map(({ id, title, gone }) => ({ id, title, gone })),
  url: `${ctx.config.publicUrl}/subscribe/${row.pageKey}`,
  opened: row.opened,
  createdAt: row.createdAt.toISOString(),
  archivedAt: row.archivedAt?.toISOString() ?? null,
})
