import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { TemplateUse } from './schema.ts'

/** Whoever names templates says so here: all of them at every change, with `active` false once nothing more is sent. */
export async function setTemplateUses(
  trx: Executor,
  user: { kind: TemplateUse['kind']; id: string; name: string; active: boolean },
  templateIds: readonly string[],
): Promise<void> {
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
