import { tryPort } from '../../src/infra/postgres/port.ts'

/** A TCP port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const port = await tryPort(0)
  if (!port) throw new Error('no free port')
  return port
}
