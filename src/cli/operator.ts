import { randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import { createContext, type OwnedCtx, systemActor } from '../context.ts'
import { createOperator, resetPassword } from '../modules/operators/index.ts'
import { createOperatorEndpoint } from '../modules/operators/schema.ts'
import { openDatabase, requireMigrated } from './database.ts'
import { UsageError } from './explain.ts'
import { terminal } from './terminal.ts'

export type OperatorOptions = { email?: string; name?: string; role?: string; password?: string }

/** `operator create` and `operator password`; a password left out is made up and shown this once. */
export async function operatorCommand(config: Config, verb: string | undefined, options: OperatorOptions) {
  const act = verb === 'create' ? create : verb === 'password' ? reset : undefined
  if (!act) {
    throw new UsageError(
      'weida operator create --email … --name … --role …\nweida operator password --email …',
    )
  }
  const database = await openDatabase(config, { share: true })
  try {
    await requireMigrated(database.url)
    const ctx = await createContext(config, {
      databaseUrl: database.url,
      actor: systemActor('command line'),
      poolSize: 3,
    })
    try {
      const password = options.password ?? randomBytes(12).toString('base64url')
      await act(ctx, { ...options, password })
      if (!options.password) terminal.say(`  密码 password: ${password}`)
    } finally {
      await ctx.close()
    }
  } finally {
    await database.close()
  }
}

type WithPassword = OperatorOptions & { password: string }

async function create(ctx: OwnedCtx, options: WithPassword): Promise<void> {
  const allAccounts = options.role === 'administrator'
  const parsed = createOperatorEndpoint.body?.safeParse({ ...options, allAccounts })
  if (!parsed?.success) {
    const problems =
      parsed?.error.issues.map(({ path, message }) => `  --${path.join('.')}: ${message}`) ?? []
    throw new UsageError(`参数有误 Options are wrong:\n${problems.join('\n')}`)
  }
  const made = await createOperator(ctx, parsed.data)
  terminal.say(`· 已建立成员 ${made.name}（${made.role}）  member made: ${made.email}`)
  if (!allAccounts)
    terminal.say(
      '  还看不到任何公众号，请管理员在“设置 → 成员”里指定  sees no account yet: an administrator gives them under Settings → Members',
    )
}

/** For whoever forgot theirs: sets a password and ends every session of the member. */
async function reset(ctx: OwnedCtx, { email, password }: WithPassword): Promise<void> {
  if (!email) throw new UsageError('weida operator password --email … [--password …]')
  await resetPassword(ctx, { email, password })
  terminal.say(`· 已重设密码  password set: ${email}`)
}
