import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { notFound } from '../../kernel/errors.ts'
import { getAccount } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { scopeOf } from '../contacts/index.ts'
import { newSigningSecret, newWriteKey, openKeys, sealKeys } from './keys.ts'
import { SOURCES_TOPIC } from './lookup.ts'
import type { SourceKeys, SourceKind } from './schema.ts'
import * as store from './store.ts'

export type NewSource = {
  name: string
  kind: SourceKind
  accountId?: string | null
  allowedOrigins?: string[]
}

/** Makes a source; its keys can be shown again later. */
export async function createSource(ctx: Ctx, input: NewSource): Promise<{ id: string; keys: SourceKeys }> {
  const { name, kind, accountId = null, allowedOrigins = [] } = input
  if (accountId !== null) await getAccount(ctx, accountId)
  const keys = { writeKey: newWriteKey(kind), signingSecret: newSigningSecret() }
  const id = await inTransaction(ctx.db, async (trx) => {
    const made = await store.insertSource(trx, {
      name,
      kind,
      account_id: accountId,
      allowed_origins: allowedOrigins,
      created_by: ctx.actor.kind === 'system' ? null : ctx.actor.id,
      created_at: ctx.clock.now(),
      ...sealKeys(ctx, keys),
    })
    await audit(ctx, trx, {
      action: 'source.created',
      subject: { kind: 'source', id: made },
      detail: { name, kind },
      ...(accountId !== null && { accountId }),
    })
    return made
  })
  // someone may have called with a key that was not there yet
  await ctx.wake.notify(SOURCES_TOPIC)
  return { id, keys }
}

export type SourceChange = {
  name?: string | undefined
  accountId?: string | null | undefined
  allowedOrigins?: string[] | undefined
  state?: 'active' | 'disabled' | undefined
}

/** Changes a source. A disabled one is refused within five seconds everywhere, usually at once. */
export async function updateSource(ctx: Ctx, id: string, change: SourceChange): Promise<void> {
  if (typeof change.accountId === 'string') await getAccount(ctx, change.accountId)
  await changeSource(ctx, id, async (trx) => {
    await store.updateSourceRow(trx, id, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.accountId !== undefined && { account_id: change.accountId }),
      ...(change.allowedOrigins !== undefined && { allowed_origins: change.allowedOrigins }),
      ...(change.state !== undefined && { state: change.state }),
    })
    return { action: 'source.updated', detail: { ...change } }
  })
}

/** The keys once more; that they were looked at is in the audit. */
export async function showSourceKeys(ctx: Ctx, id: string): Promise<SourceKeys> {
  let keys: SourceKeys | undefined
  await changeSource(ctx, id, async (_trx, before) => {
    keys = openKeys(ctx, before)
    return { action: 'source.keys_shown', detail: {} }
  })
  return keys as SourceKeys
}

/** New keys in the place of those named; the others stay. */
export async function rotateSourceKeys(
  ctx: Ctx,
  id: string,
  which: { writeKey: boolean; signingSecret: boolean },
): Promise<SourceKeys> {
  let keys: SourceKeys | undefined
  await changeSource(ctx, id, async (trx, before) => {
    const old = openKeys(ctx, before)
    keys = {
      writeKey: which.writeKey ? newWriteKey(before.kind) : old.writeKey,
      signingSecret: which.signingSecret ? newSigningSecret() : old.signingSecret,
    }
    await store.updateSourceRow(trx, id, sealKeys(ctx, keys))
    return { action: 'source.keys_rotated', detail: { ...which } }
  })
  return keys as SourceKeys
}

type Entry = { action: string; detail: Record<string, unknown> }

async function changeSource(
  ctx: Ctx,
  id: string,
  change: (trx: Executor, before: store.LockedSource) => Promise<Entry>,
): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    const before = await store.lockSource(trx, { scope: scopeOf(ctx), id })
    if (before === undefined) throw notFound('source')
    const { action, detail } = await change(trx, before)
    const subject = { kind: 'source', id }
    const { account_id: accountId } = before
    await audit(ctx, trx, {
      action,
      subject,
      detail: { name: before.name, ...detail },
      ...(accountId !== null && { accountId }),
    })
  })
  await ctx.wake.notify(SOURCES_TOPIC)
}
