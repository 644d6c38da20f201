import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'

/** What a 对照组 belongs to: its campaign, so that versions and runs share one and others have their own. */
export type HoldoutOwner = { kind: string; id: string }

/** Without the installation's key nobody can tell who is in it. */
export const holdoutKey = ({ secrets }: Pick<Ctx, 'secrets'>, { kind, id }: HoldoutOwner): string =>
  secrets.mac('holdout', `${kind}:${id}`).toString('hex')

const PARTS = 10_000

/** Whether a canonical person is among the `share` ten-thousandths left without; always the same answer for the same key. */
export const isHeldOut = (key: string, person: string, share: number): boolean =>
  share > 0 && createHash('sha256').update(`${key}:${person}`).digest().readUIntBE(0, 4) % PARTS < share

/** The same in SQL, for a million at once. */
export const heldOutSql = (key: string, person: RawBuilder<unknown>, share: number): RawBuilder<boolean> =>
  share === 0
    ? sql<boolean>`false`
    : sql<boolean>`(('x' || encode(substr(sha256(convert_to(${`${key}:`} || ${person}, 'UTF8')), 1, 4), 'hex'))::bit(32)::bigint
        & 4294967295) % ${PARTS}::int < ${share}::int`
