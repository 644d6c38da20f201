import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'

/** The accounts whose people the caller may see; null for everyone's. */
export const scopeOf = (ctx: Ctx): string[] | null =>
  ctx.actor.kind === 'system' ? null : ctx.actor.accounts

/**
 * Whether the person in `column` (a canonical contact id) is within a scope: known to one of its accounts as a fan,
 * following or not. Everyone is within the scope of someone who sees every account.
 */
export const withinScope = (
  scope: readonly string[] | null,
  column: RawBuilder<unknown>,
): RawBuilder<boolean> =>
  scope === null
    ? sql<boolean>`true`
    : sql<boolean>`exists (select from fans scoped where scoped.contact_id = ${column}
        and scoped.account_id = any(${[...scope]}::bigint[]))`
