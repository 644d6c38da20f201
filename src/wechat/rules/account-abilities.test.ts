import { expect, test } from 'vitest'
import { ABILITIES, decideAbility, listMissingAbilities } from './account-abilities.ts'

test('E1: a verified service account lacks nothing', () => {
  expect(listMissingAbilities({ kind: 'service', verified: true })).toEqual([])
})

test('E1: a subscription account lacks what is for service accounts only, and verifying does not help', () => {
  const only = ['broadcast-list', 'template-messages', 'subscription-notifications', 'scene-qr-codes']
  expect(listMissingAbilities({ kind: 'subscription', verified: true }).map((item) => item.ability)).toEqual(
    only,
  )
  for (const ability of ABILITIES.filter((name) => only.includes(name)))
    expect(decideAbility({ kind: 'subscription', verified: false }, ability)).toMatchObject({
      reason: 'service_accounts_only',
    })
})

test('E1: an unverified account keeps callbacks, material and drafts; the rest says why', () => {
  const missing = listMissingAbilities({ kind: 'service', verified: false })
  expect(ABILITIES.filter((ability) => !missing.some((item) => item.ability === ability))).toEqual([
    'callbacks',
    'material',
    'drafts',
  ])
  expect(missing.every((item) => item.reason === 'not_verified' && item.advice.zh.includes('认证'))).toBe(
    true,
  )
})
