/**
 * Something on this machine keeps Weida from starting, and whoever types the command can put it right.
 * Shown as it is, Chinese first; no stack.
 */
export class StartFailure extends Error {
  readonly zh: string
  readonly en: string

  constructor(zh: string, en: string, options?: ErrorOptions) {
    super(`${zh}\n${en}`, options)
    this.name = 'StartFailure'
    this.zh = zh
    this.en = en
  }
}

export const noBinaries = (platform: string, cause?: unknown) =>
  new StartFailure(
    `本平台（${platform}）没有可用的内置 PostgreSQL：请安装 PostgreSQL 15 或更新版本，并设置 DATABASE_URL。`,
    `There is no embedded PostgreSQL that runs on this platform (${platform}): install PostgreSQL 15 or newer and set DATABASE_URL.`,
    { cause },
  )

export const diskFull = (directory: string, cause?: unknown) =>
  new StartFailure(
    `磁盘空间不足：${directory} 所在的磁盘已满，请清理后再启动。`,
    `The disk that holds ${directory} is full: free some space and start again.`,
    { cause },
  )

export const portTaken = (port: number, setting: string, cause?: unknown) =>
  new StartFailure(
    `端口 ${port} 已被其他程序占用：请关闭该程序，或用 ${setting} 指定另一个端口。`,
    `Port ${port} is taken by another program: end that program, or choose another port with ${setting}.`,
    { cause },
  )

export const alreadyRunning = (directory: string, pid: number | undefined) =>
  new StartFailure(
    `已有一个微达在使用数据目录 ${directory}${pid ? `（进程 ${pid}）` : ''}：请先结束它，或用 WEIDA_DATA_DIR 指定另一个目录。`,
    `Another Weida${pid ? ` (process ${pid})` : ''} is using the data directory ${directory}: end it first, or choose another directory with WEIDA_DATA_DIR.`,
  )

export const notPermitted = (what: string, cause?: unknown) =>
  new StartFailure(
    `没有权限：${what}。请换一个可写的数据目录（WEIDA_DATA_DIR），或设置 DATABASE_URL。`,
    `Not permitted: ${what}. Choose a writable data directory (WEIDA_DATA_DIR) or set DATABASE_URL.`,
    { cause },
  )

const unusable = (directory: string, cause: unknown) =>
  new StartFailure(
    `${directory} 不能用作数据目录：路径中有文件挡路。请用 WEIDA_DATA_DIR 指定另一个目录。`,
    `${directory} can't be a data directory, a file is in its way: choose another with WEIDA_DATA_DIR.`,
    { cause },
  )

export const didNotStart = (logFile: string, lastLines: string, cause?: unknown) =>
  new StartFailure(
    `内置 PostgreSQL 未能启动，日志见 ${logFile}：${lastLines}`,
    `The embedded PostgreSQL did not start, its log is ${logFile}: ${lastLines}`,
    { cause },
  )

/** Names the usual suspects among system errors; anything else is passed on as it came. */
export function explainSystemError(error: unknown, directory: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(directory, error)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return notPermitted((error as Error).message, error)
  }
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'ENAMETOOLONG') return unusable(directory, error)
  return error
}
