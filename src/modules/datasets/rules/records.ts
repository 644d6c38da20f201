import type { LooseRow, Mapping } from '../schema.ts'

/** Records of a file that make one row: usually one, with line fields all that stand together under one key. */
export type RecordGroup = { key: string; first: number; count: number; records: string[][] }

/** Where each heading of a mapping stands among the columns; what isn't there is undefined. */
export type Places = (heading: string | undefined) => number | undefined
export function placesOf(columns: readonly string[]): Places {
  const places = new Map(columns.map((heading, index) => [heading, index] as const).reverse())
  return (heading) => (heading === undefined ? undefined : places.get(heading))
}

/** Headings a mapping names that the file doesn't have. */
export function missingColumns(mapping: Mapping, columns: readonly string[]): string[] {
  const { key, at, updatedAt, person, fields, lineFields } = mapping
  const named = [
    key,
    at,
    updatedAt,
    ...Object.values(person),
    ...Object.values(fields),
    ...Object.values(lineFields),
  ]
  return [
    ...new Set(
      named.filter((heading): heading is string => heading !== undefined && !columns.includes(heading)),
    ),
  ]
}

export const hasLines = (mapping: Mapping): boolean => Object.keys(mapping.lineFields).length > 0

/** One row out of its records; whatever stands in them is judged later, as if it had come by the API. */
export function toLooseRow(mapping: Mapping, places: Places, { records }: RecordGroup): LooseRow {
  const [first = []] = records
  const cell = (record: readonly string[], heading: string | undefined): string | null => {
    const place = places(heading)
    const value = place === undefined ? '' : (record[place] ?? '').trim()
    return value === '' ? null : value
  }
  const values = (record: readonly string[], of: Record<string, string>) =>
    Object.fromEntries(Object.entries(of).map(([field, heading]) => [field, cell(record, heading)]))
  const person = Object.fromEntries(
    Object.entries(mapping.person).flatMap(([identity, heading]) => {
      const value = cell(first, heading)
      return value === null ? [] : [[identity, value]]
    }),
  )
  return {
    key: cell(first, mapping.key) ?? undefined,
    at: cell(first, mapping.at) ?? undefined,
    updatedAt: cell(first, mapping.updatedAt),
    accountId: mapping.accountId,
    ...(Object.keys(person).length > 0 && { person }),
    fields: values(first, mapping.fields),
    ...(hasLines(mapping) && { lines: records.map((record) => values(record, mapping.lineFields)) }),
  }
}

/** Which words headings of a thing are known by, lower case; the field's own key and name come first. */
const KNOWN: Record<string, readonly string[]> = {
  key: [
    'key',
    'id',
    '编号',
    '单号',
    '主键',
    'order_id',
    'orderid',
    'order id',
    '订单号',
    '订单编号',
    '券码',
    'no',
  ],
  at: [
    'at',
    'time',
    'date',
    '时间',
    '日期',
    '发生时间',
    '下单时间',
    '创建时间',
    'created_at',
    'ordered_at',
    '到店时间',
    '领取时间',
  ],
  updatedAt: ['updatedat', 'updated_at', '更新时间', '修改时间'],
  user: ['user', 'user_id', 'userid', '用户id', '会员号', '会员编号', 'member_id', 'memberid'],
  phone: ['phone', 'mobile', '手机', '手机号', '手机号码', '电话'],
  openid: ['openid', 'open_id'],
  unionid: ['unionid', 'union_id'],
  externalUser: ['external_userid', 'externaluser', '外部联系人'],
}

type Named = { key: string; name: string; level: 'row' | 'line' }

/** A first guess, by name; every column is taken once. Lines are guessed where the dataset has them. */
export function suggestMapping(columns: readonly string[], fields: readonly Named[]): Mapping {
  const left = new Map(columns.map((heading) => [heading.trim().toLowerCase(), heading] as const).reverse())
  const take = (names: readonly string[]): string | undefined => {
    for (const name of names) {
      const heading = left.get(name.toLowerCase())
      if (heading === undefined) continue
      left.delete(name.toLowerCase())
      return heading
    }
    return undefined
  }
  const of = (level: Named['level']) =>
    Object.fromEntries(
      fields
        .filter((field) => field.level === level)
        .flatMap(({ key, name }) => {
          const heading = take([key, name])
          return heading === undefined ? [] : [[key, heading]]
        }),
    )
  const known = (thing: string) => take(KNOWN[thing] ?? [])
  const key = known('key') ?? ''
  const at = known('at') ?? ''
  const mapped = { key, at, updatedAt: known('updatedAt'), fields: of('row'), lineFields: of('line') }
  const person = {
    user: known('user'),
    phone: known('phone'),
    openid: known('openid'),
    unionid: known('unionid'),
    externalUser: known('externalUser'),
  }
  return { ...mapped, person }
}
