import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestWorld, type TestWorld } from './test-world.ts'

let world: TestWorld

beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.close())

const PROGRAM = `
import { startSimulator } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
const simulator = await startSimulator({ databaseUrl: process.env.SIMULATOR_DATABASE, port: 0, tlsPort: 0 })
console.log(simulator.url)
`

test('killed with jobs and callbacks under way, it goes on where it was: every receipt once', async () => {
  const account = await world.account({ fans: 100 })
  const send = (content: string) =>
    account.post('/cgi-bin/message/mass/send', {
      touser: account.openids,
      msgtype: 'text',
      text: { content },
    })
  const msgIds = [(await send('一')).msg_id, (await send('二')).msg_id]
  await world.sim().close()

  // The second one runs in a process of its own, on the same database, and dies while both jobs are due.
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    env: { ...process.env, SIMULATOR_DATABASE: world.databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  for await (const url of createInterface({ input: child.stdout })) {
    const { now } = (await (await fetch(`${url}/control/clock`)).json()) as { now: string }
    const later = new Date(Date.parse(now) + 60_000).toISOString()
    await fetch(`${url}/control/clock`, { method: 'POST', body: JSON.stringify({ now: later }) })
    child.kill('SIGKILL')
    break
  }
  await ended
  await world.restart()
  for (const msgId of msgIds)
    expect(await account.finish(msgId)).toMatchObject({ outcome: 'send success', sent: 100 })
  const summary = await world.control('GET', `/ledger/summary?appid=${account.appid}`)
  expect(summary).toMatchObject({ total: 200, fansReached: 100, duplicates: 0 })
})
