import { ConfigError } from '../config.ts'
import { explainSystemError, portTaken, StartFailure } from '../infra/postgres/failures.ts'
import { MigrationError } from '../infra/postgres/migrate.ts'
import { AppError } from '../kernel/errors.ts'

type SystemError = Error & { code?: string; port?: number; syscall?: string }

/** A wrong command line: said together with where the help is. */
export class UsageError extends Error {}

/**
 * What to print for an error that ends a command: a sentence where the person can do something about it, the
 * stack where it is our fault.
 */
export function explain(error: unknown): string {
  if (error instanceof StartFailure || error instanceof ConfigError || error instanceof MigrationError) {
    return error.message
  }
  if (error instanceof UsageError) return `${error.message}\nweida --help`
  const known = systemSentence(error as SystemError)
  if (known) return known
  if (error instanceof AppError) return `${error.message} (${error.reason})`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const PORT_SETTINGS: Record<string, string> = {
  '7300': 'PORT',
  '7301': 'SIMULATOR_PORT',
  '7302': 'SIMULATOR_TLS_PORT',
}

function systemSentence(error: SystemError): string | undefined {
  const { code = '', syscall, port } = error
  if (code === 'EADDRINUSE' && port !== undefined) return portTaken(port, portSetting(port)).message
  if (code === 'EADDRNOTAVAIL' && syscall === 'listen') {
    return '本机没有 HOST 指定的地址。\nThis machine does not have the address that HOST names.'
  }
  if (code === 'EACCES' && syscall === 'listen') {
    return `无权监听端口 ${port}：请用 PORT 指定大于 1023 的端口。\nListening on port ${port} is not permitted: choose one above 1023 with PORT.`
  }
  if (DATABASE_SENTENCES[code]) return DATABASE_SENTENCES[code]
  const explained = explainSystemError(error, process.env['WEIDA_DATA_DIR'] || '.weida')
  return explained instanceof StartFailure ? explained.message : undefined
}

/** The setting that moves a port, as far as it can be told from the number. */
function portSetting(port: number): string {
  const named = Object.values(PORT_SETTINGS).find((name) => process.env[name] === String(port))
  return named ?? PORT_SETTINGS[String(port)] ?? 'PORT'
}

const unreachable =
  '数据库连接不上：请检查 DATABASE_URL 和网络，或运行 weida doctor。\nThe database can not be reached: check DATABASE_URL and the network, or run weida doctor.'
const refused =
  '数据库拒绝登录：请检查 DATABASE_URL 中的用户名和密码。\nThe database refused the sign-in: check user and password in DATABASE_URL.'
const DATABASE_SENTENCES: Record<string, string> = {
  ECONNREFUSED: unreachable,
  ENOTFOUND: unreachable,
  EHOSTUNREACH: unreachable,
  ETIMEDOUT: unreachable,
  '28P01': refused,
  '28000': refused,
  '3D000':
    '数据库不存在：请先建立 DATABASE_URL 指定的数据库（编码 UTF8）。\nThe database that DATABASE_URL names does not exist: create it first (encoding UTF8).',
  '53100': '数据库所在磁盘已满。\nThe disk of the database is full.',
  '53300':
    '数据库连接数已满：请减小 DATABASE_POOL_SIZE 或增大 max_connections。\nThe database has no free connection: lower DATABASE_POOL_SIZE or raise max_connections.',
}
