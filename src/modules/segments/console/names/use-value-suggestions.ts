import type { Suggestions } from '../builder/fields/TestField.tsx'
import type { KnownAttribute } from './catalogue.ts'

/** Values of an attribute to choose from: those declared, else those that people have. */
export function useValueSuggestions(attribute: KnownAttribute | undefined): Suggestions {
  const declared = attribute?.options ?? []
  return { options: declared.map((value) => ({ value, label: value })) }
}
