import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { canSeePersons, shortenId } from '../../contacts/index.ts'
import { requireSegment } from '../../segments/index.ts'
import { resolveAudience } from '../audience.ts'
import { TEST_PEOPLE, type TestPerson } from '../schema/test-send.ts'
import { findBroadcast } from '../store/broadcasts.ts'

/**
 * Whom a test to a segment would go to: those of it who follow the account now, by name. Refused as `test_too_many`
 * with both numbers where they are more than a test is for, as `test_nobody` where nobody of them follows.
 */
export async function testPeople(
  ctx: Ctx,
  key: { accountId: string; broadcastId: string },
  segmentId: string,
): Promise<{ people: TestPerson[] }> {
  const account = await getAccount(ctx, key.accountId)
  if ((await findBroadcast(ctx.db, key)) === undefined) throw notFound('broadcast')
  const { name } = await requireSegment(ctx, segmentId)
  const audience = { kind: 'segments' as const, include: [segmentId], exclude: [] }
  const rows = await inTransaction(ctx.db, async (trx) => {
    const { relation } = await resolveAudience(ctx, trx, {
      account,
      audience,
      now: ctx.clock.now(),
    })
    const found = await sql<Row>`
      select a.fan_id, f.openid, f.remark, count(*) over ()::int as size
      from (${relation}) a join fans f on f.id = a.fan_id
      where a.following order by a.fan_id limit ${TEST_PEOPLE}`.execute(trx)
    return found.rows
  })
  const size = rows[0]?.size ?? 0
  if (size === 0) throw conflict('test_nobody', 'nobody of the segment follows the account', { name })
  if (size > TEST_PEOPLE)
    throw invalid('test_too_many', 'a test goes to few', { name, size, limit: TEST_PEOPLE })
  const shown = canSeePersons(ctx.actor)
  return {
    people: rows.map(({ fan_id, openid, remark }) => ({
      fanId: fan_id,
      openid: shown ? openid : shortenId(openid),
      remark,
    })),
  }
}

type Row = { fan_id: string; openid: string; remark: string | null; size: number }
