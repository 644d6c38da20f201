import type { Cell } from '../../../infra/spreadsheets/index.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import { maskIdentity, maskName, type PersonRow, peopleFacts } from '../../contacts/index.ts'
import type { AccountColumn } from './schema.ts'

type Facts = Awaited<ReturnType<typeof readFacts>>
type Fan = peopleFacts.PersonFanRow
export type Reading = {
  columns: readonly string[]
  accounts: readonly string[] | null
  whole: boolean
  locale: 'zh-CN' | 'en'
}

/** A row of cells for each person, in their order. */
export async function cellsOf(
  db: Executor,
  people: readonly PersonRow[],
  reading: Reading,
): Promise<Cell[][]> {
  const facts = await readFacts(db, people, reading)
  return people.map((person) => reading.columns.map((column) => cellOf(person, column, { facts, reading })))
}

const accountOf = (column: string): string | undefined => /^(?!a:)\w+:(\d+)$/.exec(column)?.[1]
export const keyOf = (column: string): string | undefined =>
  column.startsWith('a:') ? column.slice(2) : undefined
export const accountsOf = (columns: readonly string[]): string[] => [
  ...new Set(columns.flatMap((column) => accountOf(column) ?? [])),
]
export const keysOf = (columns: readonly string[]): string[] =>
  columns.flatMap((column) => keyOf(column) ?? [])

/** One page is one set of questions, whatever its size. */
async function readFacts(db: Executor, people: readonly PersonRow[], { columns, accounts, whole }: Reading) {
  const ids = people.map(({ id }) => id)
  const keys = keysOf(columns)
  const asked = accountsOf(columns).filter((id) => accounts === null || accounts.includes(id))
  const ask = (some: readonly string[]) => columns.some((column) => some.includes(column))
  const identities = ask(['phone', 'user', 'external_user'])
    ? await peopleFacts.selectIdentities(db, ids)
    : []
  const fans = asked.length > 0 ? await peopleFacts.selectPersonFans(db, ids, asked) : []
  const tags = ask(['tags']) ? await peopleFacts.selectOwnTags(db, ids) : []
  const attributes = keys.length > 0 ? await peopleFacts.selectCurrentAttributes(db, ids, keys) : []
  const carried = columns.some((column) => column.startsWith('wechat_tags:')) ? fans : []
  const pairs = carried.flatMap((fan) => fan.tag_ids.map((tagId) => ({ accountId: fan.account_id, tagId })))
  return {
    identities: Map.groupBy(identities, (row) => row.contact_id),
    fans: Map.groupBy(fans, (row) => row.contact_id),
    tags: Map.groupBy(tags, (row) => row.contact_id),
    values: peopleFacts.valuesOf(attributes, whole),
    tagNames: pairs.length > 0 ? await peopleFacts.selectTagNames(db, pairs) : new Map<string, string>(),
  }
}

type At = { facts: Facts; reading: Reading }

function cellOf(person: PersonRow, column: string, { facts, reading }: At): Cell {
  const { whole } = reading
  switch (column) {
    case 'id':
      return person.id
    case 'name':
      return person.name && (whole ? person.name : maskName(person.name))
    case 'unionid':
      return person.unionid && (whole ? person.unionid : maskIdentity('unionid', person.unionid))
    case 'created_at':
      return instantText(person.created_at)
    case 'phone':
    case 'user':
    case 'external_user':
      return joined(
        (facts.identities.get(person.id) ?? [])
          .filter(({ kind }) => kind === column)
          .map(({ kind, value }) => (whole ? value : maskIdentity(kind, value))),
      )
    case 'tags':
      return joined((facts.tags.get(person.id) ?? []).map(({ name }) => name))
    default:
      return keyOf(column) === undefined
        ? fanCell(person.id, column, { facts, reading })
        : attributeCell(person.id, column, { facts, reading })
  }
}

/** Of each fan the person is in that account; merged people may be two. */
function fanCell(contactId: string, column: string, { facts, reading }: At): Cell {
  const accountId = accountOf(column)
  const fans = (facts.fans.get(contactId) ?? []).filter((fan) => fan.account_id === accountId)
  const kind = column.slice(0, column.indexOf(':')) as AccountColumn
  return joined(fans.flatMap((fan) => fanTexts(fan, kind, { facts, reading })))
}

function fanTexts(fan: Fan, kind: AccountColumn, { facts, reading }: At): string[] {
  switch (kind) {
    case 'openid':
      return [reading.whole ? fan.openid : maskIdentity('openid', fan.openid)]
    case 'following':
      return [yesNo(fan.following, reading)]
    case 'followed_at':
      return fan.followed_at === null ? [] : [instantText(fan.followed_at)]
    case 'last_interaction':
      return fan.last_interaction_at === null ? [] : [instantText(fan.last_interaction_at)]
    case 'wechat_tags':
      return fan.tag_ids.map((tagId) => facts.tagNames.get(`${fan.account_id}:${tagId}`) ?? `#${tagId}`)
  }
}

function attributeCell(contactId: string, column: string, { facts, reading }: At): Cell {
  const held = facts.values.get(contactId)?.find(({ key }) => key === keyOf(column))
  if (held === undefined) return null
  const { value, type } = held
  if (Array.isArray(value)) return joined(value)
  if (typeof value === 'boolean') return yesNo(value, reading)
  const instant = type === 'instant' && typeof value === 'string' ? new Date(value) : undefined
  return instant !== undefined && !Number.isNaN(instant.getTime()) ? instantText(instant) : value
}

const joined = (texts: readonly string[]): Cell => (texts.length === 0 ? null : texts.join('; '))

const YES_NO = { 'zh-CN': ['是', '否'], en: ['yes', 'no'] } as const
const yesNo = (yes: boolean, { locale }: Reading): string => YES_NO[locale][yes ? 0 : 1]

const OFFSET_MS = 8 * 3_600_000
/** Beijing time, whole seconds. */
const instantText = (at: Date): string =>
  `${beijingDay(at)} ${new Date(at.getTime() + OFFSET_MS).toISOString().slice(11, 19)}`
