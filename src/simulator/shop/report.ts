import type { Shop } from './books.ts'
import type { Message } from './messages.ts'

const TIMEOUT_MS = 30_000
const MESSAGES_PER_CALL = 200
const ORDERS_PER_CALL = 200
/** Calls under way at once. */
const AT_ONCE = 3

/** What the other side said to a call that it did not take. */
export class ReportRefused extends Error {}

type Call = { path: string; body: object }

/** Tells all of it, or throws; what was told before stays told, and telling it again adds nothing. */
export async function report(
  shop: Shop,
  { messages, orders }: { messages: readonly Message[]; orders: readonly Message[] },
): Promise<void> {
  const calls: Call[] = [
    ...chunks(messages, MESSAGES_PER_CALL).map((batch) => ({
      path: '/v1/batch',
      body: { batch, sentAt: new Date().toISOString() },
    })),
    ...(shop.ordersDataset === null ? [] : chunks(orders, ORDERS_PER_CALL)).map((rows) => ({
      path: `/v1/datasets/${shop.ordersDataset}`,
      body: { rows },
    })),
  ]
  const next = calls.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const call of next) await post(shop, call)
    }),
  )
}

async function post({ url, writeKey }: Shop, { path, body }: Call): Promise<void> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const text = await answer.text()
  if (!answer.ok) throw new ReportRefused(`${path}: ${answer.status} ${text.slice(0, 200)}`)
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_none, index) =>
    items.slice(index * size, (index + 1) * size),
  )
