import { plainCell } from '../../../infra/spreadsheets/index.ts'
import {
  type AttributeType,
  convert,
  type Identity,
  identitiesOf,
  type PersonClaim,
} from '../../contacts/index.ts'
import { IDENTITIES, type ImportOptions, type RowProblem } from '../schema.ts'

/** How the rows of a file are read: where each thing stands and of which type it is. */
export type RowPlan = {
  columns: readonly string[]
  options: ImportOptions
  types: ReadonlyMap<string, AttributeType>
  /** Accounts whose people may be written; null for all. */
  scope: readonly string[] | null
}
export type PersonRow = {
  claim: PersonClaim
  ids: Identity[]
  /** Attributes and `name`; null takes the value away. */
  changes: { key: string; value: unknown }[]
  tags: string[]
}

const MOST_NAME = 120
const MOST_TAG = 30
const MOST_TAGS = 20
const SHOWN_CHARACTERS = 200
const PARTED = /[,，;；、|\n]/

/** One row of a file as a person, or everything that is wrong with it. */
export function readPerson(plan: RowPlan, record: readonly string[]): PersonRow | { problems: RowProblem[] } {
  const problems: RowProblem[] = []
  const cellOf = (column: string | undefined): string => {
    const place = column === undefined ? -1 : plan.columns.indexOf(column)
    return plainCell((record[place] ?? '').replaceAll('\0', '').toWellFormed().trim()).trim()
  }
  const refuse = (column: string, reason: string) =>
    problems.push({ column, reason, value: cellOf(column).slice(0, SHOWN_CHARACTERS) })
  const claim = readClaim(plan, cellOf, refuse)
  const changes = readChanges(plan, cellOf, refuse)
  const tags = readTags(plan, cellOf, refuse)
  if (problems.length > 0) return { problems }
  return { claim, ids: identitiesOf(claim), changes, tags }
}

type CellOf = (column: string | undefined) => string
type Refuse = (column: string, reason: string) => void

function readClaim({ options, scope }: RowPlan, cellOf: CellOf, refuse: Refuse): PersonClaim {
  const { identities, accountId } = options.mapping
  const claim: PersonClaim = { mayLink: true }
  let given = 0
  for (const kind of IDENTITIES) {
    const column = identities[kind]
    const value = cellOf(column)
    if (column === undefined || value === '') continue
    given += 1
    const part =
      kind === 'openid' ? { openid: { accountId: accountId ?? '', openid: value } } : { [kind]: value }
    if (identitiesOf({ ...part, mayLink: true }).length === 0)
      refuse(column, kind === 'phone' ? 'phone_invalid' : 'identity_invalid')
    Object.assign(claim, part)
  }
  if (given === 0) refuse(Object.values(identities).find(Boolean) ?? '', 'no_identity')
  else if (scope !== null && claim.openid === undefined) refuse(identities.openid ?? '', 'openid_needed')
  return claim
}

function readChanges({ options, types }: RowPlan, cellOf: CellOf, refuse: Refuse): PersonRow['changes'] {
  const { mapping, empty } = options
  const changes: PersonRow['changes'] = []
  const name = cellOf(mapping.name)
  if ([...name].length > MOST_NAME) refuse(mapping.name ?? '', 'name_too_long')
  if (mapping.name !== undefined && (name !== '' || empty === 'clear'))
    changes.push({ key: 'name', value: name === '' ? null : name })
  for (const { column, key } of mapping.attributes) {
    const type = types.get(key)
    const cell = cellOf(column)
    if (type === undefined || (cell === '' && empty === 'keep')) continue
    const value = cell === '' ? null : type === 'list' ? partsOf(cell) : cell
    if (value !== null && convert(value, type) === undefined) refuse(column, MISFITS[type])
    changes.push({ key, value })
  }
  return changes
}

const MISFITS: Record<AttributeType, string> = {
  text: 'too_long',
  enumeration: 'too_long',
  list: 'list_too_long',
  number: 'not_a_number',
  boolean: 'not_a_boolean',
  date: 'not_a_date',
  instant: 'not_an_instant',
}

function readTags({ options }: RowPlan, cellOf: CellOf, refuse: Refuse): string[] {
  const { tags: column } = options.mapping
  if (column === undefined) return []
  const tags = [...new Set(partsOf(cellOf(column)))]
  if (tags.some((name) => [...name].length > MOST_TAG)) refuse(column, 'tag_too_long')
  if (tags.length > MOST_TAGS) refuse(column, 'too_many_tags')
  return tags
}

const partsOf = (cell: string): string[] =>
  cell
    .split(PARTED)
    .map((part) => part.trim())
    .filter(Boolean)
