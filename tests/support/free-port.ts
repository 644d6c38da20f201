import { tryPort } from '../../src/infra/postgres/port.ts'

// Below the range in which the system picks ports by itself, so that nobody is given the port before it is used.
const FIRST = 12_000
const COUNT = 20_000
let next = (process.pid * 97) % COUNT

/** A TCP port of the loopback interface that was free a moment ago, and that nobody else is likely to take meanwhile. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < COUNT; tried++) {
    next = (next + 1) % COUNT
    const port = await tryPort(FIRST + next)
    if (port !== undefined) return port
  }
  throw new Error('no free port')
}
