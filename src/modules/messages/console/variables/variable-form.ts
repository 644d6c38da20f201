import {
  type Variable,
  type VariableFormat,
  type VariableSource,
  variable as variableSchema,
} from '../../schema.ts'

/** What the dialog holds: every choice in a field of its own. */
export type VariableForm = {
  name: string
  from: VariableSource['from']
  attribute?: string
  property?: string
  /** `dataset/field`. */
  row?: string
  as: VariableFormat['as'] | 'plain'
  pattern?: string
  zone?: string
  sign?: string
  decimals?: number
  divisor?: number
  yuan?: boolean
  numberDecimals?: number
  start?: number
  end?: number
  characters?: number
  missing: 'fallback' | 'skip'
  fallback?: string
}

const DEFAULTS = {
  pattern: 'YYYY年M月D日',
  zone: 'Asia/Shanghai',
  sign: '¥',
  decimals: 2,
  divisor: 1,
  yuan: false,
  numberDecimals: 0,
  start: 3,
  end: 4,
  characters: 20,
}

export function formOf(name: string, variable: Variable | null): VariableForm {
  if (variable === null) return { ...DEFAULTS, name, from: 'person-name', as: 'plain', missing: 'fallback' }
  const { source, format, missing } = variable
  return {
    ...DEFAULTS,
    ...(format?.as === 'number' ? { numberDecimals: format.decimals } : format),
    name,
    from: source.from,
    ...(source.from === 'attribute' && { attribute: source.key }),
    ...(source.from === 'event' && { property: source.property }),
    ...(source.from === 'latest-row' && { row: `${source.dataset}/${source.field}` }),
    as: format?.as ?? 'plain',
    missing: missing === 'skip' ? 'skip' : 'fallback',
    ...(missing !== 'skip' && { fallback: missing.fallback }),
  }
}

export const variableOf = (form: VariableForm): Variable =>
  variableSchema.parse({
    source: sourceOf(form),
    format: formatOf(form),
    missing: form.missing === 'skip' ? 'skip' : { fallback: (form.fallback ?? '').trim() },
  })

function sourceOf({ from, attribute, property, row = '' }: VariableForm) {
  if (from === 'attribute') return { from, key: attribute }
  if (from === 'event') return { from, property }
  const [dataset, field] = row.split('/')
  return from === 'latest-row' ? { from, dataset, field } : { from }
}

function formatOf(form: VariableForm) {
  const { as } = form
  if (as === 'plain') return null
  return { ...form, as, decimals: as === 'number' ? form.numberDecimals : form.decimals }
}
