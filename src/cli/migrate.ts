import type { Config } from '../config.ts'
import { openDatabase, prepareDatabase } from './database.ts'
import { terminal } from './terminal.ts'

/** Applies what is missing; makes the choice between sandbox and production when the database is new. */
export async function migrateCommand(config: Config): Promise<void> {
  const database = await openDatabase(config, { share: true })
  try {
    const { applied, mode } = await prepareDatabase(database.url, config.mode)
    for (const name of applied) terminal.say(`  ${name}`)
    terminal.say(
      `· 应用了 ${applied.length} 个迁移（模式 ${mode}）  ${applied.length} migrations applied (mode ${mode})`,
    )
  } finally {
    await database.close()
  }
}
