import { constants } from 'node:fs'
import { access, mkdir, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../../config.ts'
import { tryPort } from '../../infra/postgres/port.ts'
import { type Finding, note, ok, wrong } from './finding.ts'

const NEEDED_GB = 2

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 7)) return ok(`Node ${version}`, '')
  return wrong(`Node ${version} 过旧`, 'too old', '安装 Node 24.7 或更新版本', 'install Node 24.7 or newer')
}

export async function checkDisk(config: Config): Promise<Finding> {
  await mkdir(config.dataDir, { recursive: true })
  const { bavail, bsize } = await statfs(config.dataDir)
  const free = (bavail * bsize) / 1e9
  const text = `${free.toFixed(1)} GB · ${config.dataDir}`
  if (free >= NEEDED_GB) return ok(`磁盘剩余 ${text}`, 'disk space left')
  return wrong(
    `磁盘只剩 ${text}`,
    'little disk space left',
    '清理磁盘或换一个 WEIDA_DATA_DIR',
    'free space or move WEIDA_DATA_DIR',
  )
}

export async function checkFiles(config: Config): Promise<Finding> {
  try {
    await mkdir(config.filesDir, { recursive: true })
    await access(config.filesDir, constants.W_OK)
    return ok(`文件目录可写 ${config.filesDir}`, 'files directory is writable')
  } catch (error) {
    const why = (error as Error).message
    return wrong(
      `文件目录不可写：${why}`,
      'files directory is not writable',
      '修正权限或 FILES_DIR',
      'fix permissions or FILES_DIR',
    )
  }
}

/** A taken port is right when a Weida answers on it. */
export async function checkPort(
  host: string,
  port: number,
  setting: string,
  probe: string,
): Promise<Finding> {
  if (port === 0 || (await tryPort(port, host))) return ok(`端口 ${port} 空闲`, 'is free')
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const answer = await fetch(`http://${local}:${port}${probe}`, { signal: AbortSignal.timeout(3_000) }).catch(
    () => undefined,
  )
  if (answer?.ok) return ok(`端口 ${port} 上微达正在运行`, 'Weida runs there')
  return wrong(
    `端口 ${port} 被其他程序占用`,
    'is taken by another program',
    `关闭它，或改 ${setting}`,
    `end it, or change ${setting}`,
  )
}

export async function checkKey(config: Config, encrypted: boolean): Promise<Finding> {
  if (config.secretsKey) return ok('密钥来自 SECRETS_KEY', 'secrets key is set')
  const file = path.join(config.dataDir, 'secrets.key')
  const found = await stat(file).catch(() => undefined)
  if (!found) {
    if (!encrypted) return note('密钥将在首次启动时生成', 'secrets key is made by the first start')
    return wrong(
      '缺少密钥，已存的公众号密钥无法解开',
      'the secrets key is missing',
      `放回 ${file} 或设置 SECRETS_KEY`,
      `put ${file} back or set SECRETS_KEY`,
    )
  }
  if (process.platform === 'win32' || (found.mode & 0o077) === 0) return ok(`密钥 ${file}`, 'secrets key')
  return wrong(
    `密钥 ${file} 可被他人读取`,
    'others can read the secrets key',
    `chmod 600 ${file}`,
    `chmod 600 ${file}`,
  )
}

export async function checkConsole(): Promise<Finding> {
  const index = path.resolve(import.meta.dirname, '../../../dist/console/index.html')
  const built = await stat(index).catch(() => undefined)
  return built
    ? ok('控制台已构建', 'console is built')
    : wrong('控制台未构建', 'console is not built', '运行 npm run build', 'run npm run build')
}

/** WeChat calls back over the public address: in production it must be HTTPS and not this machine's own. */
export function checkPublicUrl(config: Config, mode: Config['mode']): Finding {
  const { protocol, hostname } = new URL(config.publicUrl)
  const inner = hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]'
  if (mode === 'sandbox' || (protocol === 'https:' && !inner)) return ok(`PUBLIC_URL ${config.publicUrl}`, '')
  return wrong(
    `PUBLIC_URL ${config.publicUrl} 不是公网 HTTPS 地址`,
    'is not a public HTTPS address',
    '设为微信服务器能访问的 https:// 地址',
    'set it to an https:// address that WeChat can reach',
  )
}
