import { z } from 'zod'

/** What the XML reader hands over: every leaf a string, repeated elements an array, empty elements ''. */
export type XmlTree = { readonly [name: string]: XmlValue }
export type XmlValue = string | XmlTree | readonly XmlValue[] | undefined

export const text = z.string().default('')
export const optionalText = z
  .string()
  .optional()
  .transform((value) => value || undefined)
const anything = z.unknown().optional()
const numberIn = (value: unknown): number | undefined => {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  return Number.isFinite(parsed) ? parsed : undefined
}

/** An absent or unreadable number is 0: a callback is never refused for a field that only informs. */
export const number = anything.transform((value) => numberIn(value) ?? 0)
export const optionalNumber = anything.transform(numberIn)
export const yes = anything.transform((value) => value === '1')

/** One element, several, an empty container or none: always an array. */
export const listOf = <T extends z.ZodType>(item: T) => anything.transform(asList).pipe(z.array(item))

/** A container such as `<ResultList><item/>…</ResultList>`, also when it is empty or missing. */
export const itemsIn = <T extends z.ZodType>(name: string, item: T) =>
  anything.transform((value) => asList(asTree(value)[name])).pipe(z.array(item))

/** An element with children; empty or missing, it counts as one without any. */
export const group = <T extends z.ZodRawShape>(shape: T) => z.preprocess(asTree, z.object(shape)).prefault({})

const asList = (value: unknown): unknown[] => (value === undefined || value === '' ? [] : [value].flat())
const asTree = (value: unknown): XmlTree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as XmlTree) : {}
