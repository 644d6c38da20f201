import type { Ctx } from '../../context.ts'
import { type Manifest, route } from '../manifest.ts'
import { getCallbackInfo } from './callbacks.ts'
import { bindAccount } from './commands/bind.ts'
import { dropPreviousCallback, rotateCallback } from './commands/callback.ts'
import { checkCredential, restoreAccount, resumeChecked, rotateSecret } from './commands/credential.ts'
import { pauseAccount } from './commands/pause.ts'
import { archiveAccount, updateAccount, updateLimits } from './commands/update.ts'
import { getAccount, getDetail, listSummaries } from './reads.ts'
import * as schema from './schema.ts'

/** Most calls change an account and answer with what it is then. */
const andDetail = async (ctx: Ctx, accountId: string, change: Promise<unknown>) => {
  await change
  return getDetail(ctx, accountId)
}
const andCallback = async (ctx: Ctx, accountId: string, change: Promise<unknown>) => {
  await change
  return getCallbackInfo(ctx, accountId)
}

const BY_OPERATOR = {
  zh: '已由管理员暂停发送，可随时恢复。',
  en: 'An administrator stopped sending; it can be resumed at any time.',
}

async function pauseByOperator(ctx: Ctx, accountId: string, note: string | undefined): Promise<void> {
  await getAccount(ctx, accountId)
  const detail = { advice: BY_OPERATOR, ...(note !== undefined && { note }) }
  await pauseAccount(ctx, ctx.db, accountId, 'by_operator', detail)
}

export const accountsModule: Manifest = {
  name: 'accounts',
  routes: [
    route(schema.listAccountsEndpoint, async (ctx, { query }) => ({
      items: await listSummaries(ctx, query),
    })),
    route(schema.bindAccountEndpoint, async (ctx, { body }) => getDetail(ctx, await bindAccount(ctx, body))),
    route(schema.getAccountEndpoint, (ctx, { params }) => getDetail(ctx, params.accountId)),
    route(schema.updateAccountEndpoint, (ctx, { params: { accountId }, body }) =>
      andDetail(ctx, accountId, updateAccount(ctx, accountId, body)),
    ),
    route(schema.updateLimitsEndpoint, (ctx, { params: { accountId }, body }) =>
      andDetail(ctx, accountId, updateLimits(ctx, accountId, body)),
    ),
    route(schema.rotateSecretEndpoint, (ctx, { params: { accountId }, body }) =>
      andDetail(ctx, accountId, rotateSecret(ctx, accountId, body.secret)),
    ),
    route(schema.checkCredentialEndpoint, (ctx, { params: { accountId } }) =>
      andDetail(ctx, accountId, checkCredential(ctx, accountId)),
    ),
    route(schema.getCallbackEndpoint, (ctx, { params }) => getCallbackInfo(ctx, params.accountId)),
    route(schema.rotateCallbackEndpoint, (ctx, { params: { accountId }, body }) =>
      andCallback(ctx, accountId, rotateCallback(ctx, accountId, body)),
    ),
    route(schema.dropPreviousCallbackEndpoint, (ctx, { params: { accountId } }) =>
      andCallback(ctx, accountId, dropPreviousCallback(ctx, accountId)),
    ),
    route(schema.pauseAccountEndpoint, (ctx, { params: { accountId }, body }) =>
      andDetail(ctx, accountId, pauseByOperator(ctx, accountId, body.note)),
    ),
    route(schema.resumeAccountEndpoint, (ctx, { params: { accountId } }) =>
      andDetail(ctx, accountId, resumeChecked(ctx, accountId)),
    ),
    route(schema.archiveAccountEndpoint, (ctx, { params: { accountId } }) =>
      andDetail(ctx, accountId, archiveAccount(ctx, accountId)),
    ),
    route(schema.restoreAccountEndpoint, (ctx, { params: { accountId } }) =>
      andDetail(ctx, accountId, restoreAccount(ctx, accountId)),
    ),
  ],
}
