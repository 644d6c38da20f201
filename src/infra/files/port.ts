import type { Readable } from 'node:stream'

export type StoredFile = {
  /** SHA-256 of the content as 64 hex digits, and the name to open it by: equal content is kept once. */
  key: string
  /** Bytes. */
  size: number
}

export type FileSource = AsyncIterable<Uint8Array> | Uint8Array

/**
 * Where covers, uploads and exports lie. Files never change: another content is another key, so a reader may
 * cache one for ever. Whoever keeps a key in a table decides when nothing refers to it any more.
 */
export type Files = {
  /**
   * Stores a stream without holding it in memory; it survives a crash once this resolves. More than `maxBytes`
   * is refused (`file_too_large`) and nothing of it is kept.
   */
  put(source: FileSource, limits: { maxBytes: number }): Promise<StoredFile>
  /** Opens a file for streaming. Throws not_found, also for a key that could not be one. */
  open(key: string): Promise<{ stream: Readable; size: number }>
  /** The whole content, for what is known to be small. Refuses files above `maxBytes`. */
  read(key: string, limits: { maxBytes: number }): Promise<Buffer>
  /** Forgets a file; harmless when it is not there. */
  remove(key: string): Promise<void>
}
