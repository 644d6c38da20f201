import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { explain, UsageError } from './cli/explain.ts'
import { HELP } from './cli/help.ts'
import { loadConfig } from './config.ts'

const root = path.resolve(import.meta.dirname, '..')
// npm runs us in the project: files named on the command line are meant from where the person is.
const here =
  process.env['npm_lifecycle_event'] === 'weida' ? (process.env['INIT_CWD'] ?? process.cwd()) : process.cwd()

/** Runs one command line; resolves with the exit code. */
async function main(words: string[]): Promise<number> {
  const { values, positionals } = readArguments(words)
  const [command = '', ...rest] = positionals
  if (values.help || command === '' || command === 'help') {
    console.log(HELP)
    return command === '' && !values.help ? 1 : 0
  }
  const run = commands[command]
  if (!run) throw new UsageError(`没有命令 ${command}。\nThere is no command ${command}.`)
  process.chdir(root)
  if (existsSync('.env')) process.loadEnvFile('.env')
  return (await run(rest, values)) ?? 0
}

function readArguments(words: string[]) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        dev: { type: 'boolean' },
        yes: { type: 'boolean' },
        email: { type: 'string' },
        name: { type: 'string' },
        role: { type: 'string' },
        password: { type: 'string' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

type Values = ReturnType<typeof readArguments>['values']
type Command = (rest: string[], values: Values) => Promise<number | undefined>

/** Each loads only what it needs: `doctor` and `--help` work although half of the program may be broken. */
const commands: Record<string, Command> = {
  start: async () => void (await (await import('./cli/start.ts')).start(loadConfig())),
  api: async () => void (await (await import('./cli/roles.ts')).runRole('api', loadConfig())),
  worker: async () => void (await (await import('./cli/roles.ts')).runRole('worker', loadConfig())),
  simulator: async () => void (await (await import('./cli/roles.ts')).runRole('simulator', loadConfig())),
  migrate: async () => void (await (await import('./cli/migrate.ts')).migrateCommand(loadConfig())),
  doctor: async () => (await import('./cli/doctor/index.ts')).doctor(),
  backup: async ([file]) =>
    void (await (await import('./cli/backup/index.ts')).backup(loadConfig(), fileArgument(file))),
  restore: async ([file], { yes = false }) =>
    void (await (await import('./cli/backup/index.ts')).restore(loadConfig(), fileArgument(file), { yes })),
  operator: async ([verb], values) =>
    void (await (await import('./cli/operator.ts')).operatorCommand(loadConfig(), verb, values)),
}

function fileArgument(file: string | undefined): string {
  if (!file) throw new UsageError('请给出备份文件名。\nName the backup file.')
  return path.resolve(here, file)
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(explain(error))
  return 1
})
// What was left open is not waited for: everything that matters has been closed above.
process.exit()
