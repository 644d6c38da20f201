import {
  type Cell,
  type Field,
  type LooseRow,
  MAX_LINES_PER_ROW,
  type PersonReference,
  personReference,
  type RowError,
} from '../schema.ts'
import { readInstant, readValue, storable } from './value.ts'

/** A row understood. Values stand in the order of the fields they belong to. */
export type ReadRow =
  | { deleted: true; key: string; updatedAt: Date | null }
  | {
      deleted: false
      key: string
      updatedAt: Date | null
      at: Date
      accountId: string | null
      person: PersonReference | null
      values: Cell[]
      lines: Cell[][]
    }
export type RowResult = { row: ReadRow } | { key: string | null; errors: RowError[] }

export type Fields = { row: readonly Field[]; line: readonly Field[] | null }

const ENVELOPE = new Set(['key', 'at', 'updatedAt', 'deleted', 'accountId', 'person', 'fields', 'lines'])
const MAX_ERRORS = 20

/** Reads one row as it arrived, or says everything that is wrong with it (at most 20 things). */
export function readRow(fields: Fields, given: LooseRow): RowResult {
  const errors: RowError[] = []
  const refuse = (path: string, reason: string, detail: Record<string, unknown> = {}) =>
    void (errors.length < MAX_ERRORS && errors.push({ reason, path, detail }))
  const key = readKey(given['key'])
  if (key === undefined) refuse('key', given['key'] === undefined ? 'key_missing' : 'key_invalid')
  for (const name of Object.keys(given)) if (!ENVELOPE.has(name)) refuse(short(name), 'unknown_field')
  const updatedAt = optional(given['updatedAt'], readInstant)
  if (updatedAt === undefined) refuse('updatedAt', 'not_an_instant')
  const head = { key: key ?? '', updatedAt: updatedAt ?? null }
  if (given['deleted'] === true)
    return errors.length > 0 ? { key: key ?? null, errors } : { row: { ...head, deleted: true } }
  if (given['deleted'] !== undefined && given['deleted'] !== false) refuse('deleted', 'not_a_boolean')
  const at = readInstant(given['at'])
  if (at === undefined) refuse('at', given['at'] === undefined ? 'at_missing' : 'not_an_instant')
  const accountId = optional(given['accountId'], readId)
  if (accountId === undefined) refuse('accountId', 'account_unknown')
  const person = optional(given['person'], (value) => readPerson(value, refuse))
  const values = readValues(fields.row, given['fields'], { path: 'fields', refuse })
  const lines = readLines(fields.line, given['lines'], refuse)
  if (errors.length > 0 || at === undefined) return { key: key ?? null, errors }
  return {
    row: { ...head, deleted: false, at, accountId: accountId ?? null, person: person ?? null, values, lines },
  }
}

type Refuse = (path: string, reason: string, detail?: Record<string, unknown>) => void

const optional = <T>(given: unknown, read: (value: unknown) => T | undefined): T | null | undefined =>
  given === undefined || given === null ? null : read(given)

const short = (text: string): string => storable(text).slice(0, 60)

const readId = (given: unknown): string | undefined => {
  const text = String(given)
  return /^\d{1,18}$/.test(text) ? text : undefined
}

function readKey(given: unknown): string | undefined {
  if (typeof given !== 'string' && typeof given !== 'number') return undefined
  const key = String(given).trim()
  const fits = key !== '' && new TextEncoder().encode(key).length <= 256 && storable(key) === key
  return fits ? key : undefined
}

function readPerson(given: unknown, refuse: Refuse): PersonReference | undefined {
  const parsed = personReference.strict().safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    refuse(['person', ...(issue?.path ?? []).map(String)].join('.'), 'person_invalid')
    return undefined
  }
  const named = Object.keys(parsed.data).length
  if (parsed.data.contactId !== undefined && named > 1) refuse('person.contactId', 'contact_id_not_alone')
  return named === 0 ? undefined : parsed.data
}

function readValues(
  fields: readonly Field[],
  given: unknown,
  { path, refuse }: { path: string; refuse: Refuse },
): Cell[] {
  const values: Record<string, unknown> = isRecord(given) ? given : {}
  if (given !== undefined && given !== null && !isRecord(given)) refuse(path, 'not_an_object')
  const known = new Set(fields.map((field) => field.key))
  for (const name of Object.keys(values))
    if (!known.has(name)) refuse(`${path}.${short(name)}`, 'unknown_field')
  return fields.map((field) => {
    const read = readValue(field, Object.hasOwn(values, field.key) ? values[field.key] : undefined)
    if (read.ok) return read.value
    refuse(`${path}.${field.key}`, read.reason, { value: shown(values[field.key]) })
    return null
  })
}

function readLines(fields: readonly Field[] | null, given: unknown, refuse: Refuse): Cell[][] {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) refuse('lines', 'not_a_list')
  else if (fields === null) {
    if (given.length > 0) refuse('lines', 'has_no_lines')
  } else if (given.length > MAX_LINES_PER_ROW) refuse('lines', 'too_many_lines', { max: MAX_LINES_PER_ROW })
  else
    return given.map((line: unknown, index) => readValues(fields, line, { path: `lines[${index}]`, refuse }))
  return []
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Enough of a refused value to find it again. */
const shown = (value: unknown): string =>
  (typeof value === 'string' ? storable(value) : (JSON.stringify(value) ?? '')).slice(0, 60)
