import { isGroup, type Rule } from '../schema/rule.ts'

/** Where a node stands: positions from the root. */
export type Place = readonly number[]

export function nodeAt(rule: Rule, place: Place): Rule {
  let node = rule
  for (const step of place) {
    if (isGroup(node)) node = node.of[step] as Rule
    else if (node.kind === 'not') node = node.of
  }
  return node
}

/** Depth first, as one reads a rule. */
export function readingOrder(a: Place, b: Place): number {
  for (const [index, step] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    if (step !== other) return step - other
  }
  return a.length - b.length
}
