import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { TemplateUse } from './schema.ts'

/** How old what is known of a template may be that something active names; business time. */
export const IN_USE_MINUTES = 20

/**
 * Whoever names templates says so here: all of them at every change, with `active` false once nothing more is sent. While it is
 * active their account is looked at more often.
 */
export async function setTemplateUses(
  trx: Executor,
  user: { kind: TemplateUse['kind']; id: string; name: string; active: boolean },
  templateIds: readonly string[],
): Promise<void> {
  // before its templates are touched: a look locks in this order too
  if (user.active)
    await sql`update template_syncs s set due_at = least(s.due_at, s.synced_at + make_interval(mins => ${IN_USE_MINUTES}))
      where s.account_id in (select t.account_id from message_templates t where t.id = any(${[...templateIds]}::bigint[]))`.execute(
      trx,
    )
  await sql`delete from template_uses where user_kind = ${user.kind} and user_id = ${user.id}::bigint
    and not template_id = any(${[...templateIds]}::bigint[])`.execute(trx)
  await sql`insert into template_uses (template_id, user_kind, user_id, name, active)
    select unnest(${[...new Set(templateIds)]}::bigint[]), ${user.kind}, ${user.id}::bigint, ${user.name}, ${user.active}
    on conflict (template_id, user_kind, user_id) do update set name = excluded.name, active = excluded.active`.execute(
    trx,
  )
}

/** Active ones first. */
export async function selectUses(db: Executor, templateId: string): Promise<TemplateUse[]> {
  const { rows } = await sql<TemplateUse>`
    select user_kind as kind, user_id as id, name, active from template_uses
    where template_id = ${templateId}::bigint order by active desc, user_id desc limit 100`.execute(db)
  return rows
}

export async function hasActiveUses(db: Executor, accountId: string): Promise<boolean> {
  const { rows } = await sql`select from template_uses u join message_templates t on t.id = u.template_id
    where t.account_id = ${accountId}::bigint and u.active limit 1`.execute(db)
  return rows.length > 0
}
