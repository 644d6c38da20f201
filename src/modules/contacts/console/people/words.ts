import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { PersonAttribute } from '../../schema.ts'

/** How a person is called: by name, else by number; someone of whom only a visitor id is known is a visitor. */
export function usePersonName() {
  const { t } = useTranslation()
  return ({ id, name, kinds }: { id: string; name: string | null; kinds?: readonly string[] }): string => {
    if (name !== null) return name
    const visitor = kinds?.length === 1 && kinds[0] === 'anonymous'
    return t(visitor ? 'people.visitor' : 'people.numbered', { id })
  }
}

export function useValueText() {
  const { t } = useTranslation()
  const format = useFormat()
  return (value: PersonAttribute['value'], type?: string): string => {
    if (Array.isArray(value)) return value.join('、')
    if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
    return type === 'instant' ? format.instant(String(value)) : String(value)
  }
}
