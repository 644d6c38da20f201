import { request } from 'undici'
import type { Ctx } from '../../context.ts'
import { AppError, conflict, unavailable } from '../../kernel/errors.ts'

const TIMEOUT_MS = 60_000
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/**
 * One call of the simulated platform's control interface, which steers its clock, faults and population. It knows
 * nothing of us; in a production database there is none, and nobody gets here.
 */
export async function control<T>(
  ctx: Ctx,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<T> {
  requireSandbox(ctx)
  let answer: Awaited<ReturnType<typeof request>>
  try {
    answer = await request(`${ctx.config.simulator.url}/control${path}`, {
      method,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    })
  } catch (error) {
    throw unavailable('simulator_unreachable', 'the simulated WeChat does not answer', {}, { cause: error })
  }
  const text = await answer.body.text()
  if (text.length > MAX_ANSWER_BYTES) throw unavailable('simulator_unreachable', 'the answer is too large')
  const value: unknown = text === '' ? {} : JSON.parse(text)
  if (answer.statusCode >= 400) {
    const said = (value as { error?: string }).error ?? `HTTP ${answer.statusCode}`
    throw new AppError(answer.statusCode === 409 ? 'conflict' : 'invalid', 'simulator_refused', said, {
      said,
    })
  }
  return value as T
}

/** Clock, faults and reset exist in a sandbox only. */
export function requireSandbox(ctx: Ctx): void {
  if (ctx.mode !== 'sandbox') throw conflict('not_a_sandbox', 'this database was made for production')
}
