import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Page } from '../../kernel/paging.ts'
import { getAccount } from '../accounts/index.ts'
import type { MessageTemplate, TemplateKind, TemplateUse } from './schema.ts'
import * as store from './store.ts'
import { selectSync } from './sync-store.ts'
import { selectUses } from './uses.ts'

/** One template of the account, gone or not; `not_found` where there is none. */
export async function getTemplate(
  db: Executor,
  { accountId, templateId }: { accountId: string; templateId: string },
): Promise<MessageTemplate> {
  const [found] = await store.selectTemplates(db, { accountId, ids: [templateId] })
  if (found === undefined) throw notFound('template')
  return found
}

/** All of an account, newest first, also those gone; an account has tens of them. */
export const templatesOf = (
  db: Executor,
  accountId: string,
  kind: TemplateKind,
): Promise<MessageTemplate[]> => store.selectTemplates(db, { accountId, kind })

/** What the drift guard compares: ids that nobody knows are missing. */
export const templateState = store.selectStates

export async function listTemplates(
  ctx: Ctx,
  accountId: string,
  query: Parameters<typeof store.selectTemplatePage>[2],
): Promise<Page<MessageTemplate> & Awaited<ReturnType<typeof selectSync>>> {
  await getAccount(ctx, accountId)
  const page = await store.selectTemplatePage(ctx.db, accountId, query)
  return { ...page, ...(await selectSync(ctx.db, accountId)) }
}

export async function getTemplateDetail(
  ctx: Ctx,
  of: { accountId: string; templateId: string },
): Promise<MessageTemplate & { uses: TemplateUse[] }> {
  const template = await getTemplate(ctx.db, of)
  return { ...template, uses: await selectUses(ctx.db, template.id) }
}
