import { expect, test } from 'vitest'
import { canSeePersons, planIdentities, shortenId, wholeSecond } from './rules.ts'

const fan = { fanId: '1', unionid: 'U', contactId: '10', contactUnionid: null, holderId: null }
const nothing = { adopt: [], merge: [], move: [], found: [] }

test('E1: a contact without a unionid learns it where nobody has it', () => {
  expect(planIdentities([fan])).toEqual({ ...nothing, adopt: [{ contactId: '10', unionid: 'U' }] })
})

test('E1: a contact that turns out to be another one merges into it', () => {
  expect(planIdentities([{ ...fan, holderId: '11' }])).toEqual({
    ...nothing,
    merge: [{ from: '10', into: '11', unionid: 'U' }],
  })
})

test('contacts with different unionids are never merged: only the fan moves', () => {
  expect(planIdentities([{ ...fan, contactUnionid: 'V', holderId: '11' }])).toEqual({
    ...nothing,
    move: [{ fanId: '1', into: '11' }],
  })
  expect(planIdentities([{ ...fan, contactUnionid: 'V' }])).toEqual({
    ...nothing,
    found: [{ fanId: '1', unionid: 'U' }],
  })
})

test('F1: contacts that something else keeps apart are never merged by a unionid: only the fan moves', () => {
  expect(planIdentities([{ ...fan, holderId: '11' }], (a, b) => a === '10' && b === '11')).toEqual({
    ...nothing,
    move: [{ fanId: '1', into: '11' }],
  })
})

test('nothing is planned where the fan is with the right contact', () => {
  expect(planIdentities([{ ...fan, contactUnionid: 'U', holderId: '10' }])).toEqual(nothing)
})

test('a unionid told twice at once gets one contact', () => {
  const plan = planIdentities([fan, { ...fan, fanId: '2', contactId: '20' }])
  expect(plan).toEqual({
    ...nothing,
    adopt: [{ contactId: '10', unionid: 'U' }],
    merge: [{ from: '20', into: '10', unionid: 'U' }],
  })
})

test('two fans of one contact with two unionids: the second moves on', () => {
  const plan = planIdentities([fan, { ...fan, fanId: '2', unionid: 'V' }])
  expect(plan).toEqual({
    ...nothing,
    adopt: [{ contactId: '10', unionid: 'U' }],
    found: [{ fanId: '2', unionid: 'V' }],
  })
})

test.each([
  ['administrator', true],
  ['operator', true],
  ['approver', true],
  ['analyst', false],
] as const)('%s sees persons: %s', (role, sees) => {
  expect(canSeePersons({ kind: 'operator', role })).toBe(sees)
})

test('a shortened id can be compared, not used', () => {
  expect(shortenId('oAbCdEfGhIjKlMnOpQrStUvWxYz1')).toBe('oAbC…Yz1')
})

test('observations are cut to the second that the platform’s facts have', () => {
  expect(wholeSecond(new Date('2026-11-21T00:00:00.999Z')).toISOString()).toBe('2026-11-21T00:00:00.000Z')
})
