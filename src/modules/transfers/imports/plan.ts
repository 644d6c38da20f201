import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { forbidden, invalid } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { typesOfAttributes } from '../../contacts/index.ts'
import type { ImportOptions } from '../schema.ts'
import type { RowPlan } from './row.ts'

type Import = { columns: readonly string[] }
const RESERVED = new Set(['name', '$name'])

/** How the rows of a file are read; `declared`: attributes that are new with the types chosen for them. */
export async function planOf(
  db: Executor,
  { columns }: Import,
  options: ImportOptions,
  scope: readonly string[] | null,
): Promise<RowPlan> {
  const { attributes } = options.mapping
  const types = await typesOfAttributes(
    db,
    attributes.map(({ key }) => key),
  )
  for (const { key, type } of attributes) if (type !== undefined && !types.has(key)) types.set(key, type)
  return { columns, options, types, scope }
}

/**
 * Refuses options that don't fit the file or the operator: `column_missing`, `openid_account_needed`,
 * `account_not_yours`, `openid_column_needed`, `attribute_unknown`, `attribute_not_usable`, `attribute_twice`.
 */
export async function requireSound(ctx: Ctx, plan: RowPlan): Promise<void> {
  const { columns, scope, types } = plan
  const { identities, accountId, name, tags, attributes } = plan.options.mapping
  const named = [...Object.values(identities), name, tags, ...attributes.map(({ column }) => column)]
  for (const column of named)
    if (column !== undefined && !columns.includes(column))
      throw invalid('column_missing', 'the file has no such column', { column })
  if (identities.openid !== undefined && accountId === undefined)
    throw invalid('openid_account_needed', 'an openid belongs to an account: name it')
  if (scope !== null && identities.openid === undefined)
    throw invalid('openid_column_needed', 'who sees some accounts only names people by their openids')
  if (accountId !== undefined) {
    if (scope !== null && !scope.includes(accountId))
      throw forbidden('account_not_yours', 'the account is not one of yours')
    await getAccount(ctx, accountId)
  }
  const keys = new Set<string>()
  for (const { key } of attributes) {
    if (RESERVED.has(key) || !isKey(key))
      throw invalid('attribute_not_usable', 'an attribute can’t have this key', { key })
    if (keys.has(key)) throw invalid('attribute_twice', 'two columns become one attribute', { key })
    if (!types.has(key)) throw invalid('attribute_unknown', 'there is no such attribute', { key })
    keys.add(key)
  }
}

const isKey = (key: string): boolean =>
  Buffer.byteLength(key) <= 128 && !key.includes('\0') && key.isWellFormed()
