import { z } from 'zod'

/** Letters of any script, digits, `_`, `-` and `.`: nothing that would end a link or a placeholder. */
export const VARIABLE_NAME = /^[\p{L}\p{N}_.-]{1,40}$/u
export const MAX_VARIABLES = 40

/** Where the value of a variable comes from. */
export const variableSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('person-name') }),
  z.object({ from: z.literal('attribute'), key: z.string().min(1).max(128) }),
  z.object({ from: z.literal('account-name') }),
  /** A property of the event that fired; there is none in sends that no event fired. */
  z.object({ from: z.literal('event'), property: z.string().min(1).max(256) }),
  /** When the event that fired happened. */
  z.object({ from: z.literal('event-time') }),
  /** A field of the person's row of a dataset that happened last. */
  z.object({
    from: z.literal('latest-row'),
    dataset: z.string().min(1).max(40),
    field: z.string().min(1).max(40),
  }),
])
export type VariableSource = z.infer<typeof variableSource>

export const DATE_PATTERNS = [
  'YYYY年M月D日',
  'YYYY-MM-DD',
  'M月D日',
  'YYYY年M月D日 HH:mm',
  'YYYY-MM-DD HH:mm',
  'HH:mm',
] as const

/** How a value is written; one that can't be read this way counts as missing. */
export const variableFormat = z.discriminatedUnion('as', [
  /** A day or an instant, shown in the zone. */
  z.object({
    as: z.literal('date'),
    pattern: z.enum(DATE_PATTERNS).default('YYYY年M月D日'),
    zone: z.string().min(1).max(60).default('Asia/Shanghai'),
  }),
  /** A sum of money: `¥1234.50`, rounded half up. `divisor` 100 for values kept in fen. */
  z.object({
    as: z.literal('amount'),
    sign: z.enum(['¥', '$', '€', '£', '']).default('¥'),
    decimals: z.number().int().min(0).max(2).default(2),
    divisor: z.union([z.literal(1), z.literal(100)]).default(1),
    yuan: z.boolean().default(false),
  }),
  z.object({ as: z.literal('number'), decimals: z.number().int().min(0).max(6).default(0) }),
  /** All but the first and last characters become `*`; a value too short for both is hidden whole. */
  z.object({
    as: z.literal('mask'),
    start: z.number().int().min(0).max(20).default(3),
    end: z.number().int().min(0).max(20).default(4),
  }),
  /** Cut to so many characters, the last of them `…`. */
  z.object({ as: z.literal('shorten'), characters: z.number().int().min(2).max(200).default(20) }),
])
export type VariableFormat = z.infer<typeof variableFormat>

/** What becomes of a person without the value: the fallback stands in, or they get nothing, with the reason. */
export const missingValue = z.union([z.object({ fallback: z.string().max(200) }), z.literal('skip')])
export type MissingValue = z.infer<typeof missingValue>

export const variable = z.object({
  source: variableSource,
  format: variableFormat.nullable().default(null),
  missing: missingValue.default('skip'),
})
export type Variable = z.infer<typeof variable>

/** By the name that placeholders use: `{{姓名}}`. */
export const variables = z
  .record(z.string().regex(VARIABLE_NAME), variable)
  .refine((all) => Object.keys(all).length <= MAX_VARIABLES, 'too_many_variables')
  .default({})
export type Variables = z.infer<typeof variables>
