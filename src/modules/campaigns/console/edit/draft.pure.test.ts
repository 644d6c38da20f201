import { describe, expect, test } from 'vitest'
import { emptyContent } from '../../../messages/schema.ts'
import { createCampaignEndpoint, plan, updateCampaignEndpoint } from '../../schema.ts'
import { STARTS } from '../starts.ts'
import { type Draft, newDraft, problemsByStep, STEPS, savable, savablePlan } from './draft.ts'

const NOW = new Date('2026-11-21T02:00:00Z')
const draft = (part: Partial<Draft> = {}): Draft => ({ ...newDraft(undefined, 'x'), ...part })
const open = (one: Draft) => STEPS.filter((step) => problemsByStep(one, NOW)[step].length > 0)

test.each(STARTS)(
  'A1: the story “%s” fits the declaration of the call and lacks nothing but what is written',
  (start) => {
    const made = newDraft(start, 'x')
    const { fields, whole } = savable(made)
    expect(createCampaignEndpoint.body?.safeParse({ kind: made.kind, ...fields }).error).toBeUndefined()
    expect(whole).toBe(true)
    expect(open(made)).toEqual([])
  },
)

describe('a half-built draft', () => {
  const half = plan.parse({ content: emptyContent('text') })
  const broken = {
    ...half,
    trigger: {
      ...plan.parse({ trigger: { kind: 'event', event: { event: 'a' } } }).trigger,
      event: { event: 'a', where: [{ property: '', type: 'text', test: { op: 'is', values: [] } }] },
    },
  } as Draft['plan']

  test('B5: what is not whole stays in the form; the rest is saved', () => {
    const { plan: saved, whole } = savablePlan(broken)
    expect(whole).toBe(false)
    expect(saved).not.toHaveProperty('trigger')
    expect(saved.content).toEqual(half.content)
    const body = { revision: 1, ...savable(draft({ plan: broken })).fields }
    expect(updateCampaignEndpoint.body?.safeParse(body).error).toBeUndefined()
  })

  test('B5: the step it is in says so', () => {
    expect(open(draft({ plan: broken }))).toEqual(['trigger'])
  })
})

test.each([
  [{ audience: { kind: 'tags', any: [] } }, ['audience', 'content']],
  [{ audience: { kind: 'segments', include: [] } }, ['audience', 'content']],
  [
    { trigger: { kind: 'repeat', schedule: { kind: 'cron', expression: '0 10 * *' } } },
    ['trigger', 'content'],
  ],
  [{ trigger: { kind: 'once', at: '2026-11-21T01:59:00.000Z' } }, ['trigger', 'content']],
  [{ trigger: { kind: 'once', at: '2026-11-21T02:01:00.000Z' } }, ['content']],
  [{}, ['content']],
] as const)('B6: %o lets steps %o open', (part, steps) => {
  expect(open(draft({ plan: plan.parse(part) }))).toEqual(steps)
})

test('E7: without a name nothing can be saved', () => {
  expect(open(draft({ name: '  ' }))).toContain('basics')
  expect(savable(draft({ name: '  ' })).fields).not.toHaveProperty('name')
})
