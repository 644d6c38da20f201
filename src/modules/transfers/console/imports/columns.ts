import { IDENTITIES, type ImportOptions } from '../../schema.ts'

/** What one column of the file becomes: an identity, `name`, `tags`, an attribute (`a:<key>`), a new one (`new`), or nothing. */
export type ColumnUse = { becomes: string; newKey?: string; newType?: NewType }
export type NewType = NonNullable<ImportOptions['mapping']['attributes'][number]['type']>

export const ATTRIBUTE = 'a:'
const KNOWN: Record<string, readonly string[]> = {
  user: ['user', 'user_id', 'userid', '用户id', '会员号', '会员编号', 'member_id', 'memberid', '编号'],
  phone: ['phone', 'mobile', '手机', '手机号', '手机号码', '电话'],
  openid: ['openid', 'open_id'],
  unionid: ['unionid', 'union_id'],
  externalUser: ['external_userid', 'externaluser', '外部联系人'],
  name: ['name', '姓名', '昵称', '名字', '客户姓名'],
  tags: ['tags', 'tag', '标签'],
}

type Attribute = { key: string; displayName: string | null }

/** A first guess, by name; every use is given once. Columns nobody knows are left out. */
export function suggestUses(columns: readonly string[], attributes: readonly Attribute[]): ColumnUse[] {
  const given = new Set<string>()
  return columns.map((column) => {
    const heading = column.trim().toLowerCase()
    const known = Object.keys(KNOWN).find((use) => KNOWN[use]?.includes(heading))
    const attribute = attributes.find(({ key, displayName }) =>
      [key, displayName].some((name) => name?.toLowerCase() === heading),
    )
    const becomes = known ?? (attribute ? ATTRIBUTE + attribute.key : '')
    if (becomes === '' || given.has(becomes)) return { becomes: '' }
    given.add(becomes)
    return { becomes }
  })
}

/** The uses of columns as the mapping that is sent. */
export function mappingOf(
  columns: readonly string[],
  uses: readonly ColumnUse[],
  accountId: string | undefined,
): ImportOptions['mapping'] {
  const columnOf = (use: string) => columns[uses.findIndex(({ becomes }) => becomes === use)]
  const attributes = uses.flatMap(({ becomes, newKey, newType }, index) => {
    const column = columns[index] as string
    if (becomes.startsWith(ATTRIBUTE)) return [{ column, key: becomes.slice(ATTRIBUTE.length) }]
    return becomes === 'new' ? [{ column, key: (newKey ?? column).trim(), type: newType ?? 'text' }] : []
  })
  const identities = Object.fromEntries(
    IDENTITIES.flatMap((kind) => {
      const column = columnOf(kind)
      return column === undefined ? [] : [[kind, column]]
    }),
  )
  const [name, tags] = [columnOf('name'), columnOf('tags')]
  return {
    identities,
    attributes,
    ...(identities['openid'] !== undefined && accountId !== undefined && { accountId }),
    ...(name !== undefined && { name }),
    ...(tags !== undefined && { tags }),
  }
}
