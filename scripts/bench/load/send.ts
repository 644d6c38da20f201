import path from 'node:path'
import { startProcess } from '../processes.ts'
import type { LoadOrder, LoadResult } from './client.ts'

/** Sends prepared requests from a process of its own; throws when one was not taken. */
export async function send(order: LoadOrder): Promise<LoadResult> {
  const client = startProcess(
    process.execPath,
    [path.join(import.meta.dirname, 'client.ts'), JSON.stringify(order)],
    { env: process.env },
  )
  const result = JSON.parse((await client.line(/^result: /)).slice('result: '.length)) as LoadResult
  await client.stop()
  if (result.refused > 0) throw new Error(`${result.refused} requests were not taken`)
  return result
}
