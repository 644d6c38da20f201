import { expect, test } from 'vitest'
import { isAppId, isMenuLink, isWebAddress, overBytes, overCharacters } from './customer-service-limits.ts'

test('A6: bytes are counted as UTF-8, characters as code points, on both sides of the edge', () => {
  expect(overBytes('字'.repeat(682), 2_048)).toBeUndefined()
  expect(overBytes('字'.repeat(683), 2_048)).toEqual({ limit: 2_048, actual: 2_049 })
  expect(overBytes('a'.repeat(2_048), 2_048)).toBeUndefined()
  expect(overBytes('a'.repeat(2_049), 2_048)).toEqual({ limit: 2_048, actual: 2_049 })
  expect(overCharacters('🎉'.repeat(64), 64)).toBeUndefined()
  expect(overCharacters('🎉'.repeat(65), 64)).toEqual({ limit: 64, actual: 65 })
})

test('A6: addresses are web addresses; app ids have their form', () => {
  expect(isWebAddress('https://a.example/x')).toBe(true)
  expect(isWebAddress('javascript:alert(1)')).toBe(false)
  expect(isWebAddress('/relative')).toBe(false)
  expect(isMenuLink('weixin://bizmsgmenu?msgmenucontent=a&msgmenuid=1')).toBe(true)
  expect(isMenuLink('weixin://other')).toBe(false)
  expect(isAppId('wx0123456789abcdef')).toBe(true)
  expect(isAppId('wx0123456789abcdeg')).toBe(false)
})
