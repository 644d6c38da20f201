import type { Config } from '../config.ts'
import { createContext, type OwnedCtx } from '../context.ts'
import { StartFailure } from '../infra/postgres/failures.ts'
import { countOperators } from '../modules/operators/index.ts'
import { seedSandbox } from '../modules/sandbox/index.ts'
import { startServer } from '../server/index.ts'
import { startSimulator } from '../simulator/index.ts'
import { startWorker } from '../worker/index.ts'
import { openDatabase, prepareDatabase } from './database.ts'
import { askedToEnd, type Closable, closeAll } from './shutdown.ts'
import { terminal } from './terminal.ts'

/** Everything in one process, plus the embedded PostgreSQL: what `npm start` runs. Returns after a clean end. */
export async function start(config: Config): Promise<void> {
  const began = performance.now()
  const asked = askedToEnd()
  // The last started is the first closed.
  const parts: Closable[] = []
  try {
    const running = await Promise.race([startAll(config, parts), asked])
    if ('failed' in running) {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      terminal.say(`\n  ${seconds} s · 按 Ctrl-C 结束 press Ctrl-C to end\n`)
      await Promise.race([asked, running.failed])
    }
    terminal.say(`\n· 正在结束  Ending (${(await asked).by})`)
  } finally {
    await closeAll(parts)
  }
  terminal.say('· 已结束  Ended')
}

async function startAll(config: Config, parts: Closable[]): Promise<{ failed: Promise<never> }> {
  const embedded = !config.databaseUrl
  const database = await terminal.step(
    embedded ? '启动内置 PostgreSQL' : '连接数据库',
    embedded ? 'Starting the embedded PostgreSQL' : 'Connecting to the database',
    () => openDatabase(config),
  )
  parts.unshift(database)
  const { mode } = await terminal.step('更新数据库结构', 'Bringing the database up to date', () =>
    prepareDatabase(database.url, config.mode),
  )
  if (mode !== config.mode) terminal.say(otherMode(mode))
  const simulated = mode === 'sandbox' ? await withSimulator(config, database.url, parts) : undefined
  const ctx = await createContext(simulated?.config ?? config, { databaseUrl: database.url })
  parts.unshift(ctx)
  const server = await terminal.step(
    '启动接口、控制台和后台任务',
    'Starting API, console and worker',
    async () => {
      const started = await startServer(ctx)
      parts.unshift(started)
      parts.unshift(await startWorker(ctx))
      return started
    },
  )
  if (mode === 'sandbox') {
    await terminal.step('准备沙盒', 'Preparing the sandbox', () =>
      seedSandbox(ctx, (line: string) => terminal.say(`  ${line}`)),
    )
  }
  await tellWhere(ctx, { console: server.url, simulator: simulated?.url, database: database.place })
  // In an object: a promise that is returned would be waited for.
  return { failed: endedByItself(database.failed, database.place) }
}

/** The database stays what it was made for, whatever the setting says now. */
const otherMode = (mode: Config['mode']): string =>
  mode === 'production'
    ? '  ! 这个数据库是生产库，WEIDA_MODE=sandbox 不起作用：沙盒请用另一个数据库或 WEIDA_DATA_DIR。  This database is for production and stays so: use another DATABASE_URL or WEIDA_DATA_DIR for a sandbox.'
    : '  ! 这个数据库是沙盒，WEIDA_MODE=production 不起作用：生产请用另一个数据库或 WEIDA_DATA_DIR。  This database is a sandbox and stays so: use another DATABASE_URL or WEIDA_DATA_DIR for production.'

async function withSimulator(config: Config, databaseUrl: string, parts: Closable[]) {
  const { port, tlsPort } = config.simulator
  const simulator = await terminal.step('启动模拟微信', 'Starting the simulated WeChat', () =>
    startSimulator({ databaseUrl, host: '127.0.0.1', port, tlsPort }),
  )
  parts.unshift(simulator)
  return { url: simulator.url, config: { ...config, simulator: { ...config.simulator, url: simulator.url } } }
}

async function tellWhere(
  ctx: OwnedCtx,
  places: { console: string; simulator: string | undefined; database: string },
) {
  const lines = [
    ['控制台 Console', ctx.config.publicUrl || places.console],
    ['接口 API', `${places.console}/openapi.json`],
    ...(places.simulator ? [['模拟微信 Simulated WeChat', `${places.simulator}/phone`]] : []),
    ['数据库 Database', places.database],
    ['模式 Mode', ctx.mode === 'sandbox' ? '沙盒 sandbox' : '生产 production'],
    ['登录 Sign in', await signInHint(ctx)],
  ]
  terminal.say()
  for (const [name, value] of lines) terminal.say(`  ${name}: ${value}`)
}

async function signInHint(ctx: OwnedCtx): Promise<string> {
  if (Number(await countOperators(ctx.db)) > 0)
    return '用已有成员登录；忘记密码  as a member; password forgotten: npm run weida -- operator password --email …'
  return ctx.mode === 'sandbox'
    ? '打开控制台，建立第一个管理员  open the console and make the first administrator'
    : '先建立第一个管理员  make the first administrator: npm run weida -- operator create --role administrator --email … --name …'
}

function endedByItself(ended: Promise<void>, place: string): Promise<never> {
  const failed = ended.then(() => {
    throw new StartFailure(
      `内置 PostgreSQL 意外结束，日志在 ${place}/postgres.log；重新启动即可恢复。`,
      `The embedded PostgreSQL ended unexpectedly, its log is ${place}/postgres.log; starting again recovers.`,
    )
  })
  failed.catch(() => {})
  return failed
}
