// A worker in a process of its own that kills itself at a named moment. It is told to begin by a message: the settings of
// the world it belongs to, and the moment (none: it lives until it is killed).
import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import pg from 'pg'
import type { OfficialAccountClient } from '../../src/channels/port.ts'
import { loadConfig } from '../../src/config.ts'
import { createContext } from '../../src/context.ts'
import { startWorker } from '../../src/worker/index.ts'

/** `sql`: around a statement; `commit`: around the commit of the transaction that ran it; `call`: around a call of this path. */
export type Moment = { at: 'sql' | 'commit' | 'call'; what: string; when: 'before' | 'after'; nth: number }

export type Orders = { env: Record<string, string | undefined>; moment?: Moment }

// it will not come to its end, when this is done by itself
flushCompileCache()
// whoever started it is gone
process.once('disconnect', () => process.exit())
const [{ env, moment }] = (await once(process, 'message')) as [Orders]
const pattern = new RegExp(moment?.what ?? '(?!)')
let left = moment?.nth ?? 0

function die(when: Moment['when']): void {
  if (moment?.when === when && --left <= 0) process.kill(process.pid, 'SIGKILL')
}

type Query = (...args: unknown[]) => unknown
const prototype = pg.Client.prototype as unknown as { query: Query }
const query = prototype.query
const marked = new WeakSet<object>()

/** Whether this statement is the moment; remembers the transactions that ran the one looked for. */
function isMoment(client: object, text: string): boolean {
  if (moment?.at === 'sql') return pattern.test(text)
  if (moment?.at !== 'commit') return false
  if (pattern.test(text)) marked.add(client)
  if (text === 'begin' || text === 'rollback') marked.delete(client)
  return text === 'commit' && marked.delete(client)
}

prototype.query = function (this: object, ...args: unknown[]) {
  const text = typeof args[0] === 'string' ? args[0] : ((args[0] as { text?: string })?.text ?? '')
  if (!isMoment(this, text)) return query.apply(this, args)
  die('before')
  const answer = query.apply(this, args)
  if (answer instanceof Promise) return answer.finally(() => die('after'))
  return answer
}

const around = (client: OfficialAccountClient): OfficialAccountClient => ({
  ...client,
  async call(api, input) {
    const here = moment?.at === 'call' && pattern.test(api.path)
    if (here) die('before')
    const answer = await client.call(api, input)
    if (here) die('after')
    return answer
  },
})

const config = loadConfig(env)
const ctx = await createContext(config, { databaseUrl: config.databaseUrl as string })
const { channels } = ctx
await startWorker({
  ...ctx,
  channels: { ...channels, officialAccount: (options) => around(channels.officialAccount(options)) },
})
process.send?.('ready')
