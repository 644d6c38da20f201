import { describe, expect, test } from 'vitest'
import { conditionsOf, type Rule, ruleSchema } from '../../schema/rule.ts'
import {
  depthOf,
  duplicateAt,
  emptyRule,
  insertAt,
  isWithinBounds,
  moveBy,
  moveTo,
  nameOf,
  nestAt,
  nodeAt,
  type Path,
  placesOf,
  removeAt,
  replaceAt,
  switchKind,
  toggleNot,
  unnestAt,
} from './tree.ts'

const leaf = (key: string): Rule => ({ kind: 'attribute', attribute: key, test: { op: 'not_empty' } })
const and = (...of: Rule[]): Rule => ({ kind: 'and', of })
const or = (...of: Rule[]): Rule => ({ kind: 'or', of })
const not = (of: Rule): Rule => ({ kind: 'not', of })

/** `and(a,or(b,c))`: a rule short enough to read in a table. */
const short = (rule: Rule): string => {
  if (rule.kind === 'and' || rule.kind === 'or') return `${rule.kind}(${rule.of.map(short).join(',')})`
  if (rule.kind === 'not') return `not(${short(rule.of)})`
  return rule.kind === 'attribute' ? rule.attribute : rule.kind
}
const leavesOf = (rule: Rule): string[] =>
  [...conditionsOf(rule)].map((one) => (one.kind === 'attribute' ? one.attribute : one.kind))
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(leaf) as [Rule, Rule, Rule, Rule]
const tree = and(a, or(b, c), not(d))

describe('F3: editing a rule changes what was meant and nothing else', () => {
  test.each<[string, (rule: Rule) => Rule, string]>([
    ['remove a condition', (rule) => removeAt(rule, [0]), 'and(or(b,c),not(d))'],
    ['remove the child of a 非: the 非 goes too', (rule) => removeAt(rule, [2, 0]), 'and(a,or(b,c))'],
    [
      'remove the last of a group: the group goes too',
      (rule) => removeAt(removeAt(rule, [1, 0]), [1, 0]),
      'and(a,not(d))',
    ],
    ['remove the root: an empty group stays', (rule) => removeAt(rule, []), 'and()'],
    ['insert at the beginning', (rule) => insertAt(rule, [1], 0, leaf('x')), 'and(a,or(x,b,c),not(d))'],
    ['insert at the end', (rule) => insertAt(rule, [], 3, leaf('x')), 'and(a,or(b,c),not(d),x)'],
    ['duplicate stands right after', (rule) => duplicateAt(rule, [1]), 'and(a,or(b,c),or(b,c),not(d))'],
    ['nest in 且 makes 或', (rule) => nestAt(rule, [0]), 'and(or(a),or(b,c),not(d))'],
    ['nest in 或 makes 且', (rule) => nestAt(rule, [1, 1]), 'and(a,or(b,and(c)),not(d))'],
    ['nest inside a 非', (rule) => nestAt(rule, [2, 0]), 'and(a,or(b,c),not(and(d)))'],
    ['nest the root', (rule) => nestAt(rule, []), 'and(and(a,or(b,c),not(d)))'],
    ['unnest puts the children in its place', (rule) => unnestAt(rule, [1]), 'and(a,b,c,not(d))'],
    ['unnest a root of one group', () => unnestAt(and(or(a, b)), []), 'or(a,b)'],
    ['unnest a condition: nothing', (rule) => unnestAt(rule, [0]), 'and(a,or(b,c),not(d))'],
    [
      'unnest a group inside a 非: nothing, it would change who is meant',
      () => unnestAt(and(not(or(a, b))), [0, 0]),
      'and(not(or(a,b)))',
    ],
    ['turn into 非', (rule) => toggleNot(rule, [1]), 'and(a,not(or(b,c)),not(d))'],
    ['and back', (rule) => toggleNot(rule, [2]), 'and(a,or(b,c),d)'],
    ['and the root', (rule) => toggleNot(rule, []), 'not(and(a,or(b,c),not(d)))'],
    ['且 to 或', (rule) => switchKind(rule, []), 'or(a,or(b,c),not(d))'],
    ['move down', (rule) => moveBy(rule, [0], 1), 'and(or(b,c),a,not(d))'],
    ['move up', (rule) => moveBy(rule, [2], -1), 'and(a,not(d),or(b,c))'],
    ['move the first up: nothing', (rule) => moveBy(rule, [0], -1), 'and(a,or(b,c),not(d))'],
    ['move the last down: nothing', (rule) => moveBy(rule, [2], 1), 'and(a,or(b,c),not(d))'],
    ['move into a group further on', (rule) => moveTo(rule, [0], [1], 1), 'and(or(b,a,c),not(d))'],
    ['move out of a group, to before it', (rule) => moveTo(rule, [1, 0], [], 0), 'and(b,a,or(c),not(d))'],
    ['move the only one out: the group goes', () => moveTo(and(or(a), b), [0, 0], [], 2), 'and(b,a)'],
    ['move into itself: nothing', (rule) => moveTo(rule, [1], [1], 0), 'and(a,or(b,c),not(d))'],
    ['move to where it stands: nothing', (rule) => moveTo(rule, [1], [], 2), 'and(a,or(b,c),not(d))'],
  ])('%s', (_name, edit, expected) => {
    expect(short(edit(tree))).toBe(expected)
    expect(short(tree)).toBe('and(a,or(b,c),not(d))')
  })

  test('a move keeps every condition, from anywhere to anywhere', () => {
    const places: Path[] = [[0], [1], [1, 0], [1, 1], [2]]
    for (const from of places)
      for (const group of [[], [1]] as Path[])
        for (let index = 0; index <= 3; index += 1) {
          const moved = moveTo(tree, from, group, index)
          expect(leavesOf(moved).toSorted(), `${from} to ${group}:${index}`).toEqual(['a', 'b', 'c', 'd'])
        }
  })

  test('what is off the way to an edit stays the same object, and an edited node keeps its name', () => {
    const name = nameOf(nodeAt(tree, [1, 0]) as Rule)
    const next = replaceAt(tree, [1, 0], () => leaf('x'))
    expect(nodeAt(next, [0])).toBe(nodeAt(tree, [0]))
    expect(nodeAt(next, [2])).toBe(nodeAt(tree, [2]))
    expect(nameOf(nodeAt(next, [1, 0]) as Rule)).toBe(name)
    expect(nameOf(nodeAt(moveTo(next, [1, 0], [], 0), [0]) as Rule)).toBe(name)
    const twins = duplicateAt(tree, [0])
    expect(nameOf(nodeAt(twins, [1]) as Rule)).not.toBe(nameOf(nodeAt(twins, [0]) as Rule))
  })

  test('what was counted of a node is found at its new place', () => {
    const moved = moveTo(tree, [1], [], 0)
    for (const path of [[0], [1], [1, 0], [2, 0]] as Path[]) {
      const name = nameOf(nodeAt(tree, path) as Rule)
      expect(nodeAt(moved, placesOf(moved).get(name) as Path)).toBe(nodeAt(tree, path))
    }
    expect(placesOf(moved).get(nameOf(nodeAt(tree, [1, 1]) as Rule))).toEqual([0, 1])
  })

  test('the bounds are those of the schema', () => {
    let deep: Rule = and(a)
    while (depthOf(deep) < 8) deep = nestAt(deep, [])
    expect(isWithinBounds(deep)).toBe(true)
    expect(ruleSchema.safeParse(deep).success).toBe(true)
    expect(isWithinBounds(nestAt(deep, []))).toBe(false)
    expect(ruleSchema.safeParse(nestAt(deep, [])).success).toBe(false)
    expect(ruleSchema.safeParse(emptyRule()).success).toBe(false)
  })
})
