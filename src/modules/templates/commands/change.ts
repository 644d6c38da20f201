import {
  addSubscriptionTemplate,
  deleteSubscriptionTemplate,
} from '../../../channels/official-account/subscriptions.ts'
import {
  addTemplate as addAtWechat,
  deleteTemplate as deleteAtWechat,
} from '../../../channels/official-account/templates.ts'
import { isWechatError, type OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import type { BodyOf } from '../../../kernel/endpoint.ts'
import { conflict } from '../../../kernel/errors.ts'
import { accountClient, getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { explained } from '../../runs/index.ts'
import { getTemplate, templatesOf } from '../reads.ts'
import { type addTemplateEndpoint, MAX_TEMPLATES, type MessageTemplate } from '../schema.ts'
import { markGone } from '../store.ts'
import { selectUses } from '../uses.ts'
import { requireTemplates, syncTemplates } from './sync.ts'

type NewTemplate = BodyOf<typeof addTemplateEndpoint>

/**
 * Takes a template out of the public library and reads it back, so that what is kept is what WeChat made of it. Refused
 * with `too_many_templates` where the account has its 25 of that kind.
 */
export async function addTemplate(ctx: Ctx, accountId: string, wish: NewTemplate): Promise<MessageTemplate> {
  requireTemplates(await getAccount(ctx, accountId))
  const have = (await templatesOf(ctx.db, accountId, wish.kind)).filter(({ goneAt }) => goneAt === null)
  if (have.length >= MAX_TEMPLATES)
    throw conflict('too_many_templates', 'the account has all the templates it may have', {
      most: MAX_TEMPLATES,
    })
  const client = await accountClient(ctx, accountId)
  const wechatId = await explained(addOne(client, wish))
  await syncTemplates(ctx, accountId)
  const added = (await templatesOf(ctx.db, accountId, wish.kind)).find((one) => one.wechatId === wechatId)
  if (added === undefined) throw conflict('template_not_listed', 'WeChat took it but does not list it yet')
  await audit(ctx, ctx.db, {
    action: 'template.added',
    accountId,
    subject: { kind: 'template', id: added.id },
    detail: { title: added.title, kind: added.kind },
  })
  return added
}

const addOne = (client: OfficialAccountClient, wish: NewTemplate): Promise<string> =>
  wish.kind === 'template'
    ? addAtWechat(client, { shortId: wish.shortId, keywords: wish.keywords })
    : addSubscriptionTemplate(client, { tid: wish.tid, kids: wish.kids, scene: wish.scene })

/**
 * Deletes it at WeChat; the row stays as one that is gone. Refused with `template_in_use`, naming the tasks, while an
 * active one would send it.
 */
export async function deleteTemplate(
  ctx: Ctx,
  accountId: string,
  templateId: string,
): Promise<MessageTemplate> {
  const template = await getTemplate(ctx.db, { accountId, templateId })
  const uses = (await selectUses(ctx.db, templateId)).filter(({ active }) => active)
  if (uses.length > 0) {
    const names = uses.map(({ name }) => name).join('、')
    throw conflict('template_in_use', 'active tasks name this template', { names, count: uses.length })
  }
  if (template.goneAt === null) await explained(deleteThere(await accountClient(ctx, accountId), template))
  await inTransaction(ctx.db, async (trx) => {
    if (!(await markGone(trx, templateId, ctx.clock.now()))) return
    await audit(ctx, trx, {
      action: 'template.deleted',
      accountId,
      subject: { kind: 'template', id: templateId },
      detail: { title: template.title, kind: template.kind },
    })
  })
  return getTemplate(ctx.db, { accountId, templateId })
}

/** 40037: there is none of that id, so somebody was faster. */
const NO_SUCH_TEMPLATE = 40037

async function deleteThere(client: OfficialAccountClient, template: MessageTemplate): Promise<void> {
  try {
    if (template.kind === 'template') await deleteAtWechat(client, template.wechatId)
    else await deleteSubscriptionTemplate(client, template.wechatId)
  } catch (error) {
    if (!isWechatError(error) || error.errcode !== NO_SUCH_TEMPLATE) throw error
  }
}
