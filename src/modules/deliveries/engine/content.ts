import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import type { Account } from '../../accounts/index.ts'
import { codeOf, tie, tieMiniProgram } from '../../links/index.ts'
import { needsOf, readValues, render } from '../../messages/index.ts'
import type { Needs, Rendered, ResolvedContent, Tie, Values } from '../../messages/schema.ts'
import type { ClaimedRow, SendVersion } from '../model.ts'
import { versionKey } from './state.ts'

type Row = Pick<ClaimedRow, 'id' | 'sendId' | 'version' | 'contactId' | 'fanId' | 'context'>
type Input = { account: Account; rows: readonly Row[]; versions: ReadonlyMap<string, SendVersion> }

/** What a content reads of each person, by the content itself: versions never change. */
const needsKnown = new WeakMap<ResolvedContent, Needs>()

/**
 * Reads what the contents of these rows need, in a few queries for all of them; the function it returns makes one row's
 * message, or says why its person's values don't make one.
 */
export async function openContent(ctx: Ctx, db: Executor, input: Input): Promise<(row: Row) => Rendered> {
  const values = new Map<string, Values>()
  const byVersion = Map.groupBy(input.rows, ({ sendId, version }) => versionKey(sendId, version))
  for (const [key, rows] of byVersion) {
    const needs = needsFor(versionIn(input, key).content)
    if (Object.keys(needs.variables).length === 0) continue
    const asked = rows.map(({ contactId, fanId, context }, n) => ({ n, contactId, fanId, context }))
    const read = await readValues(db, needs, asked, input.account.id)
    for (const [n, row] of rows.entries()) values.set(row.id, read.get(n) ?? {})
  }
  return (row) => {
    const { content, tracked } = versionIn(input, versionKey(row.sendId, row.version))
    return render(content, values.get(row.id) ?? {}, tracked ? tieFor(ctx, row.id) : undefined)
  }
}

function needsFor(content: ResolvedContent): Needs {
  const known = needsKnown.get(content) ?? needsOf(content)
  needsKnown.set(content, known)
  return known
}

function versionIn({ versions }: Input, key: string): SendVersion {
  const version = versions.get(key)
  if (version === undefined) throw new Error('a delivery points at a version of its send')
  return version
}

function tieFor(ctx: Ctx, deliveryId: string): Tie {
  const web = tie(ctx, { deliveryId })
  return (url, index, kind) =>
    kind === 'web' ? web(url, index) : tieMiniProgram(url, codeOf(ctx, deliveryId, index))
}
