import { isGroup, MAX_CONDITIONS, MAX_DEPTH, type Rule } from '../../schema/rule.ts'

/** Where a node stands: positions from the root, `[]` is the root. The child of a 非 is 0. */
export type Path = readonly number[]
export type Group = Extract<Rule, { kind: 'and' | 'or' }>

/** A rule nobody has put a condition into yet; it can't be asked. */
export const emptyRule = (): Rule => ({ kind: 'and', of: [] })
export const isEmptyRule = (rule: Rule): boolean => isGroup(rule) && rule.of.length === 0

export const pathKey = (path: Path): string => path.join('.')
export const samePath = (a: Path, b: Path): boolean => pathKey(a) === pathKey(b)

const names = new WeakMap<Rule, string>()
let drawn = 0
/** A name that a node keeps while it is edited and moved, for lists on screen. */
export function nameOf(node: Rule): string {
  const known = names.get(node)
  if (known !== undefined) return known
  drawn += 1
  const name = `n${drawn}`
  names.set(node, name)
  return name
}
function instead<T extends Rule>(before: Rule, after: T): T {
  if (before !== after && !names.has(after)) names.set(after, nameOf(before))
  return after
}

export function childrenOf(node: Rule): readonly Rule[] {
  if (isGroup(node)) return node.of
  return node.kind === 'not' ? [node.of] : []
}

export function nodeAt(rule: Rule, path: Path): Rule | undefined {
  let node: Rule | undefined = rule
  for (const step of path) node = node && childrenOf(node)[step]
  return node
}

/** Puts another node in the place; everything off the way to it stays the very same object. */
export function replaceAt(rule: Rule, path: Path, edit: (node: Rule) => Rule): Rule {
  const [step, ...rest] = path
  if (step === undefined) return instead(rule, edit(rule))
  if (isGroup(rule)) {
    const of = rule.of.map((child, index) => (index === step ? replaceAt(child, rest, edit) : child))
    return instead(rule, { ...rule, of })
  }
  if (rule.kind === 'not') return instead(rule, { kind: 'not', of: replaceAt(rule.of, rest, edit) })
  return rule
}

/** Takes a node away, with the 非 around it and with groups that it leaves empty; the root stays as an empty group. */
export function removeAt(rule: Rule, path: Path): Rule {
  if (path.length === 0) return emptyRule()
  const parentPath = path.slice(0, -1)
  const parent = nodeAt(rule, parentPath)
  const step = path.at(-1)
  if (parent === undefined || !isGroup(parent)) return removeAt(rule, parentPath)
  if (parent.of.length === 1 && parentPath.length > 0) return removeAt(rule, parentPath)
  return replaceAt(rule, parentPath, () => ({
    ...parent,
    of: parent.of.filter((_, index) => index !== step),
  }))
}

/** Puts a node into a group; a root that is no group becomes 且 of what it was and the new one. */
export function insertAt(rule: Rule, groupPath: Path, index: number, node: Rule): Rule {
  return replaceAt(rule, groupPath, (group) =>
    isGroup(group)
      ? { ...group, of: [...group.of.slice(0, index), node, ...group.of.slice(index)] }
      : { kind: 'and', of: [group, node] },
  )
}

/** A copy right after the original. */
export function duplicateAt(rule: Rule, path: Path): Rule {
  const node = nodeAt(rule, path)
  if (node === undefined) return rule
  const copy = structuredClone(node)
  if (path.length === 0) return { kind: 'and', of: [rule, copy] }
  return insertAt(rule, path.slice(0, -1), (path.at(-1) ?? 0) + 1, copy)
}

/** Puts a node into a group of its own, of the other kind than the group it stands in. */
export function nestAt(rule: Rule, path: Path): Rule {
  const parent = nodeAt(rule, path.slice(0, -1))
  const kind = path.length > 0 && parent?.kind === 'and' ? 'or' : 'and'
  const node = nodeAt(rule, path)
  if (node === undefined) return rule
  const group: Group = { kind, of: [node] }
  if (path.length === 0) return group
  return swap(rule, path, [group])
}

/** Takes a group apart: what is in it stands where it stood. Nothing changes where there is no group around it. */
export function unnestAt(rule: Rule, path: Path): Rule {
  const node = nodeAt(rule, path)
  const parent = nodeAt(rule, path.slice(0, -1))
  if (node === undefined || !isGroup(node)) return rule
  if (path.length === 0) {
    const [only] = node.of
    return node.of.length === 1 && only !== undefined && isGroup(only) ? only : rule
  }
  if (parent === undefined || !isGroup(parent)) return rule
  return swap(rule, path, node.of)
}

function swap(rule: Rule, path: Path, nodes: readonly Rule[]): Rule {
  const parentPath = path.slice(0, -1)
  const step = path.at(-1) ?? 0
  return replaceAt(rule, parentPath, (parent) => {
    if (isGroup(parent)) return { ...parent, of: parent.of.toSpliced(step, 1, ...nodes) }
    const [only] = nodes
    return parent.kind === 'not' && only !== undefined ? { kind: 'not', of: only } : parent
  })
}

/** 非: turns a node into its opposite and back. */
export function toggleNot(rule: Rule, path: Path): Rule {
  const node = nodeAt(rule, path)
  if (node === undefined) return rule
  const turned: Rule = node.kind === 'not' ? node.of : { kind: 'not', of: node }
  if (path.length === 0) return turned
  return swap(rule, path, [turned])
}

export const switchKind = (rule: Rule, path: Path): Rule =>
  replaceAt(rule, path, (node) =>
    isGroup(node) ? { kind: node.kind === 'and' ? 'or' : 'and', of: node.of } : node,
  )

/**
 * Moves a node into a group, before what stands at `index` there now. Nothing changes where that is inside the node
 * itself, or where it already stands.
 */
export function moveTo(rule: Rule, from: Path, groupPath: Path, index: number): Rule {
  const node = nodeAt(rule, from)
  const target = nodeAt(rule, groupPath)
  if (node === undefined || from.length === 0 || target === undefined || !isGroup(target)) return rule
  if (samePath(groupPath.slice(0, from.length), from)) return rule
  if (samePath(from.slice(0, -1), groupPath) && (from.at(-1) === index || from.at(-1) === index - 1))
    return rule
  // a mark holds the place, so that taking the node away can't shift what was meant
  const mark: Rule = { kind: 'and', of: [] }
  const marked = insertAt(rule, groupPath, index, mark)
  const taken = pathOf(marked, node)
  if (taken === undefined) return rule
  const without = removeAt(marked, taken)
  const place = pathOf(without, mark)
  return place === undefined ? rule : replaceAt(without, place, () => node)
}

/** Up or down among its neighbours. */
export function moveBy(rule: Rule, path: Path, steps: -1 | 1): Rule {
  const index = path.at(-1)
  if (index === undefined || index + steps < 0) return rule
  return moveTo(rule, path, path.slice(0, -1), steps < 0 ? index - 1 : index + 2)
}

function pathOf(rule: Rule, wanted: Rule, path: Path = []): Path | undefined {
  if (rule === wanted) return path
  for (const [index, child] of childrenOf(rule).entries()) {
    const found = pathOf(child, wanted, [...path, index])
    if (found !== undefined) return found
  }
  return undefined
}

/** Where every node stands, by {@link nameOf}. */
export function placesOf(rule: Rule, path: Path = [], places = new Map<string, Path>()): Map<string, Path> {
  places.set(nameOf(rule), path)
  for (const [index, child] of childrenOf(rule).entries()) placesOf(child, [...path, index], places)
  return places
}

export const depthOf = (rule: Rule): number => {
  const children = childrenOf(rule)
  if (children.length === 0) return isGroup(rule) ? 1 : 0
  return 1 + Math.max(...children.map(depthOf))
}

export const countConditions = (rule: Rule): number => {
  if (!isGroup(rule) && rule.kind !== 'not') return 1
  return childrenOf(rule).reduce((sum, child) => sum + countConditions(child), 0)
}

/** Whether a rule is within the bounds; edits that would leave them are not offered. */
export const isWithinBounds = (rule: Rule): boolean =>
  depthOf(rule) <= MAX_DEPTH && countConditions(rule) <= MAX_CONDITIONS
