import { totalmem } from 'node:os'

const MB = 1024 * 1024

/** Bytes this process may use: the container's limit where there is one. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory()
  const total = totalmem()
  return limit > 0 && limit < total ? limit : total
}

/**
 * Settings of the embedded server, durable (fsync and synchronous commit stay on) and sized for 2 cores beside
 * the Node processes of the same machine.
 */
export function serverSettings(memory: number, port: number): Record<string, string> {
  const share = (fraction: number, least: number, most: number) =>
    `${Math.round(Math.min(Math.max(memory * fraction, least * MB), most * MB) / MB)}MB`
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: share(1 / 16, 64, 1024),
    effective_cache_size: share(1 / 2, 256, 65_536),
    work_mem: share(1 / 128, 4, 32),
    maintenance_work_mem: share(1 / 32, 64, 256),
    wal_compression: 'on',
    max_wal_size: '4GB',
    min_wal_size: '256MB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // What a statement or its error says can hold openids: the log tells of the server only.
    log_min_messages: 'log',
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
  }
}

/** For databases that may be lost: tests and benchmarks of something else. */
export const FAST_AND_LOSSY: Record<string, string> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
}
