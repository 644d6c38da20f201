import { expect, test } from 'vitest'
import { explainMassStatus } from './mass-status.ts'

test.each([
  ['send success', 'sent', 'sent'],
  ['sendsuccess', 'sent', 'sent'],
  ['send fail', 'failed', 'send_fail'],
  ['err(10001)', 'refused', 'advertising'],
  ['err(20013)', 'refused', 'copyright'],
  ['err(30003)', 'refused', 'originality_reprint'],
  ['err(40001)', 'not_confirmed', 'administrator_refused'],
  ['err(40002)', 'not_confirmed', 'administrator_late'],
  ['err(99999)', 'failed', 'unknown_status'],
  ['', 'failed', 'unknown_status'],
])('E8: "%s" means %s (%s), with advice in both languages', (status, outcome, reason) => {
  const meaning = explainMassStatus(status)
  expect(meaning).toMatchObject({ outcome, reason })
  expect(meaning.advice.zh).toMatch(/\p{Script=Han}/u)
  expect(meaning.advice.en).toMatch(/^[A-Z].*\.$/)
})

test('E8: every documented code has its own reason', () => {
  const codes = [
    10001, 20001, 20002, 20004, 20006, 20008, 20013, 21000, 22000, 30001, 30002, 30003, 40001, 40002,
  ]
  const meanings = codes.map((code) => explainMassStatus(`err(${code})`))
  expect(meanings.map((meaning) => meaning.code)).toEqual(codes)
  expect(new Set(meanings.map((meaning) => meaning.reason)).size).toBe(codes.length)
})
