import { describe, expect, test } from 'vitest'
import { defaultLimits, differencesOf, endsWithGoodCredential, limitsOf, pauseReasonOf } from './rules.ts'

describe('D4, D7: limits of an account', () => {
  test('a subscription account has one send a day, a service account none such limit', () => {
    expect(defaultLimits('subscription').massSendsPerDay).toBe(1)
    expect(defaultLimits('service').massSendsPerDay).toBeNull()
  })

  test('only differences from the platform are kept, also a limit taken away or set to 0', () => {
    const edited = {
      ...defaultLimits('service'),
      massSendsPerMonth: 500,
      massSendsPerDay: 3,
      draftAddsPerDay: 0,
    }
    const kept = differencesOf('service', edited)
    expect(kept).toEqual({ massSendsPerMonth: 500, massSendsPerDay: 3, draftAddsPerDay: 0 })
    expect(limitsOf('service', kept)).toEqual(edited)
    expect(differencesOf('subscription', { massSendsPerDay: null })).toEqual({ massSendsPerDay: null })
    expect(differencesOf('service', defaultLimits('service'))).toEqual({})
  })
})

test.each([
  [40001, 'issuing', 'credential_wrong'],
  [40001, 'call', 'platform_refused'],
  [40125, 'issuing', 'credential_wrong'],
  [40164, 'issuing', 'ip_not_allowed'],
  [40243, 'issuing', 'secret_frozen'],
  [50007, 'call', 'account_restricted'],
  [48004, 'call', 'platform_refused'],
] as const)('%i from a %s call pauses as %s', (code, purpose, reason) => {
  expect(pauseReasonOf(code, purpose)).toBe(reason)
})

test('a good credential ends only the pauses that a bad one began', () => {
  expect(endsWithGoodCredential('credential_wrong')).toBe(true)
  expect(endsWithGoodCredential('ip_not_allowed')).toBe(true)
  expect(endsWithGoodCredential('by_operator')).toBe(false)
  expect(endsWithGoodCredential('account_restricted')).toBe(false)
  expect(endsWithGoodCredential(null)).toBe(false)
})
