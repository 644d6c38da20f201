import { type Config, loadConfig } from '../../config.ts'
import { openDatabase } from '../database.ts'
import { explain } from '../explain.ts'
import { checkClock, checkMigrations, checkServer, type Installed, readInstallation } from './database.ts'
import { type Finding, note, ok, wrong } from './finding.ts'
import {
  checkConsole,
  checkDisk,
  checkFiles,
  checkKey,
  checkNode,
  checkPort,
  checkPublicUrl,
} from './machine.ts'

const MARKS = { ok: '✓', note: '·', wrong: '✗' } as const

/** Checks everything that can keep Weida from working; resolves with 1 when something is wrong. */
export async function doctor(env: Record<string, string | undefined> = process.env): Promise<number> {
  const findings = await examine(env)
  for (const { state, zh, en, advice } of findings) {
    console.log(`${MARKS[state]} ${[zh, en].filter(Boolean).join('  ')}`)
    if (advice) console.log(`    → ${advice.zh}  ${advice.en}`)
  }
  const bad = findings.filter(({ state }) => state === 'wrong').length
  console.log(bad ? `\n${bad} 处有问题  ${bad} problems` : '\n一切正常  all is well')
  return bad ? 1 : 0
}

export async function examine(env: Record<string, string | undefined>): Promise<Finding[]> {
  let config: Config
  try {
    config = loadConfig(env)
  } catch (error) {
    return [checkNode(), wrong(explain(error), '', '修改 .env 或环境变量', 'change .env or the environment')]
  }
  const { findings, installed } = await examineDatabase(config)
  const mode = installed?.mode ?? config.mode
  return [
    checkNode(),
    ok('设置都有效', 'settings are valid'),
    ...findings,
    await checkDisk(config),
    await checkFiles(config),
    await checkKey(config, installed?.encrypted ?? false),
    checkPublicUrl(config, mode),
    await checkPort(config.host, config.port, 'PORT', '/healthz'),
    ...(mode === 'sandbox'
      ? [await checkPort('127.0.0.1', config.simulator.port, 'SIMULATOR_PORT', '/control/clock')]
      : []),
    await checkConsole(),
  ]
}

async function examineDatabase(config: Config): Promise<{ findings: Finding[]; installed?: Installed }> {
  let database: Awaited<ReturnType<typeof openDatabase>>
  try {
    database = await openDatabase(config, { share: true })
  } catch (error) {
    return { findings: [wrong(explain(error), '', '见上', 'see there')] }
  }
  const { url, place } = database
  try {
    const findings = [ok(`数据库 ${place}`, 'database'), ...(await checkServer(url)), await checkClock(url)]
    const installed = await readInstallation(url)
    if (!installed)
      return {
        findings: [...findings, note('数据库还是空的', 'the database is empty: weida start fills it')],
      }
    if (installed.paused)
      findings.push(note('恢复备份后发送已暂停，待人确认', 'sending is paused since a restore'))
    return { findings: [...findings, await checkMigrations(url)], installed }
  } catch (error) {
    return {
      findings: [wrong(`数据库 ${place}: ${explain(error)}`, '', '检查 DATABASE_URL', 'check DATABASE_URL')],
    }
  } finally {
    await database.close()
  }
}
