import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).optional()
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional()
const isProxy = (entry: string) => {
  const [address = '', bits, more] = entry.split('/')
  const family = isIP(address)
  if (family === 0) return ['loopback', 'linklocal', 'uniquelocal'].includes(entry)
  return (
    more === undefined &&
    (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
  )
}
const listed = (text: string) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)

/**
 * Every setting, read once from the environment. `.env.example` is tested against this list, so a setting
 * can't be added without its line of explanation.
 */
export const settings = z.object({
  DATABASE_URL: databaseUrl.describe('PostgreSQL 15 or newer; empty: an embedded PostgreSQL is started'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(12).describe('Connections per process'),
  WEIDA_DATA_DIR: z.string().default('.weida').describe('Embedded database, files and keys live here'),
  WEIDA_MODE: z
    .enum(['sandbox', 'production'])
    .default('sandbox')
    .describe('What a new database is made for; an existing one keeps what it was made for'),
  HOST: z.string().default('127.0.0.1').describe('Address the API and console listen on'),
  PORT: port(7300).describe('Port of the API and console'),
  PUBLIC_URL: httpUrl.describe('Where browsers and WeChat reach this installation; default http://HOST:PORT'),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .refine((text) => listed(text).every(isProxy), 'must list addresses or CIDR ranges')
    .describe('Comma-separated addresses or CIDR ranges whose X-Forwarded-* headers are believed'),
  SIMULATOR_PORT: port(7301).describe('Port of the simulated WeChat (sandbox only)'),
  SIMULATOR_TLS_PORT: port(7302).describe('The same over TLS with a self-signed certificate'),
  SIMULATOR_URL: httpUrl
    .refine(
      (url) => !URL.canParse(url ?? '') || !/(^|\.)(qq|weixin)\.com$/.test(new URL(url ?? '').hostname),
      'must not be a real host',
    )
    .describe('Where the simulated WeChat answers when it runs as a process of its own'),
  SANDBOX_FANS: z.coerce
    .number()
    .int()
    .min(10)
    .max(1_000_000)
    .default(20_000)
    .describe('Fans of the sandbox service account'),
  SECRETS_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .or(z.literal(''))
    .default('')
    .describe(
      '64 hex digits that encrypt stored secrets; empty: made once and kept in WEIDA_DATA_DIR/secrets.key',
    ),
  FILES_DIR: z.string().default('').describe('Uploads; default WEIDA_DATA_DIR/files'),
  WEIDA_RECALL_RULES: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Rules of 用户召回 an account may have; empty: as many as it likes'),
  LOG_LEVEL: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('Least level logged'),
})

export type Config = {
  databaseUrl: string | undefined
  poolSize: number
  dataDir: string
  mode: 'sandbox' | 'production'
  host: string
  port: number
  publicUrl: string
  trustedProxies: string[]
  simulator: { port: number; tlsPort: number; url: string }
  sandboxFans: number
  recallRules: number | null
  secretsKey: string
  filesDir: string
  logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
}

/** Says every wrong setting at once. */
export class ConfigError extends Error {
  readonly problems: string[]
  constructor(problems: string[]) {
    super(`Settings are wrong 设置有误:\n${problems.map((p) => `  - ${p}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Reads and checks all settings. Throws {@link ConfigError} that names every problem. */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  // a setting left empty is one left out, as in .env.example
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = settings.safeParse(given)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  }
  const s = parsed.data
  const dataDir = resolve(s.WEIDA_DATA_DIR)
  return {
    databaseUrl: s.DATABASE_URL,
    poolSize: s.DATABASE_POOL_SIZE,
    dataDir,
    mode: s.WEIDA_MODE,
    host: s.HOST,
    port: s.PORT,
    publicUrl: (s.PUBLIC_URL ?? `http://${hostInUrl(s.HOST)}:${s.PORT}`).replace(/\/$/, ''),
    trustedProxies: listed(s.TRUSTED_PROXIES),
    simulator: {
      port: s.SIMULATOR_PORT,
      tlsPort: s.SIMULATOR_TLS_PORT,
      url: (s.SIMULATOR_URL ?? `http://127.0.0.1:${s.SIMULATOR_PORT}`).replace(/\/$/, ''),
    },
    sandboxFans: s.SANDBOX_FANS,
    recallRules: s.WEIDA_RECALL_RULES ?? null,
    secretsKey: s.SECRETS_KEY,
    filesDir: s.FILES_DIR === '' ? resolve(dataDir, 'files') : resolve(s.FILES_DIR),
    logLevel: s.LOG_LEVEL,
  }
}

/** How a browser on this machine writes the address we listen on. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return isIP(host) === 6 ? `[${host}]` : host
}
