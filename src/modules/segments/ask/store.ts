import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { canSeePersons, scopeOf, shortenId } from '../../contacts/index.ts'
import type { SamplePerson } from '../schema/ask.ts'

/** People as a list shows them, in the order of the ids. Of several fans the one who follows, of an account the caller may see. */
export async function selectPeople(ctx: Ctx, ids: readonly string[]): Promise<SamplePerson[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{
    id: string
    name: string | null
    openid: string | null
    following: boolean | null
  }>`
    select c.id, c.name, f.openid, f.following
    from unnest(${[...ids]}::bigint[]) with ordinality as i (id, ord)
      join contacts c on c.id = i.id
      left join lateral (
        select openid, following from fans
        where contact_id = c.id
          and (${scopeOf(ctx)}::bigint[] is null or account_id = any(${scopeOf(ctx)}::bigint[]))
        order by following desc, id limit 1) f on true
    order by i.ord`.execute(ctx.db)
  const whole = canSeePersons(ctx.actor)
  return rows.map(({ id, name, openid, following }) => ({
    contactId: id,
    name: whole || name === null ? name : `${[...name][0] ?? ''}*`,
    openid: openid === null || whole ? openid : shortenId(openid),
    following: following ?? false,
  }))
}
