import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clientMsgId } from './client-msg-id.ts'

const key = fc.record({
  installation: fc.stringMatching(/^[a-z0-9]{4,8}$/),
  broadcastId: fc.bigInt(1n, 2n ** 63n - 1n).map(String),
  batch: fc.nat({ max: 9_999 }),
  attempt: fc.nat({ max: 99 }),
})

test('issue 5: a clientmsgid is ASCII of at most 32 characters, and the same for the same batch', () => {
  fc.assert(
    fc.property(key, (batch) => {
      const id = clientMsgId(batch)
      expect(id).toMatch(/^[a-z0-9-]{8,32}$/)
      expect(clientMsgId({ ...batch })).toBe(id)
    }),
  )
})

test('issue 5: different batches, attempts and installations have different ids', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(clientMsgId(a) === clientMsgId(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
  )
})
