import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../../config.ts'
import { StartFailure } from '../../infra/postgres/failures.ts'
import { type OpenDatabase, openDatabase, requireMigrated } from '../database.ts'
import { ask, terminal } from '../terminal.ts'
import { holdsData, inspectBackup, otherProcesses, restoreBackup } from './restore.ts'
import { writeBackupFile } from './write.ts'

/** Backs up database and files into one new file, also while Weida runs. */
export async function backup(config: Config, file: string): Promise<void> {
  if (await exists(file)) {
    throw new StartFailure(`${file} 已存在，不会覆盖。`, `${file} exists already and is not overwritten.`)
  }
  const folder = path.dirname(path.resolve(file))
  if (!(await exists(folder))) {
    throw new StartFailure(
      `没有目录 ${folder}，请先建立。`,
      `There is no directory ${folder}, make it first.`,
    )
  }
  await withDatabase(config, async ({ url }) => {
    await requireMigrated(url)
    const { tables, files } = await terminal.step('备份', 'Backing up', () =>
      writeBackupFile({ databaseUrl: url, filesDir: config.filesDir }, file),
    )
    const { size } = await stat(file)
    terminal.say(`  ${file}: ${tables} tables, ${files} files, ${(size / 2 ** 20).toFixed(1)} MB`)
    terminal.say(`  密钥不在备份里，请另行保管：${keyPlace(config)}`)
    terminal.say(`  The secrets key is not in the backup, keep it apart: ${keyPlace(config)}`)
  })
}

/** Replaces the database by a backup; asks first when there is something to lose. */
export async function restore(config: Config, file: string, { yes }: { yes: boolean }): Promise<void> {
  if (!(await exists(file))) throw new StartFailure(`没有文件 ${file}。`, `There is no file ${file}.`)
  const manifest = await terminal.step('检查备份', 'Checking the backup', () => inspectBackup(file))
  await withDatabase(config, async ({ url }) => {
    if ((await otherProcesses(url)) > 0) throw stillRunning()
    if (!yes && (await holdsData(url))) await confirm(manifest.createdAt)
    await terminal.step('恢复', 'Restoring', () =>
      restoreBackup(file, manifest, { databaseUrl: url, filesDir: config.filesDir }),
    )
    terminal.say('  已恢复。一切发送已暂停，请在控制台核对后确认。')
    terminal.say('  Restored. All sending is paused until someone confirms it in the console.')
    terminal.say(`  需要备份时的密钥：${keyPlace(config)}  The key of that time is needed there.`)
  })
}

async function confirm(createdAt: string): Promise<void> {
  const answer = await ask(
    `数据库里已有数据，将全部被 ${createdAt} 的备份替换。输入 restore 继续：\n` +
      `The database holds data, all of it will be replaced by the backup of ${createdAt}. Type restore to go on: `,
  )
  if (answer === 'restore') return
  throw new StartFailure(
    '没有恢复：数据库里已有数据（加 --yes 直接替换）。',
    'Nothing was restored: the database holds data (--yes replaces it).',
  )
}

async function withDatabase(config: Config, work: (database: OpenDatabase) => Promise<void>): Promise<void> {
  const database = await openDatabase(config, { share: true })
  try {
    await work(database)
  } finally {
    await database.close()
  }
}

const keyPlace = (config: Config) =>
  config.secretsKey ? 'SECRETS_KEY' : path.join(config.dataDir, 'secrets.key')

const stillRunning = () =>
  new StartFailure(
    '微达仍在使用这个数据库：请先结束所有进程，再恢复。',
    'Weida still uses this database: end all its processes first, then restore.',
  )

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )
