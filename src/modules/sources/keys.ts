import { hash, randomBytes } from 'node:crypto'
import type { Ctx } from '../../context.ts'
import type { SourceKeys, SourceKind } from './schema.ts'

/** Says in itself which kind it is: a server's key doesn't belong into a page. */
export const newWriteKey = (kind: SourceKind): string =>
  `${kind === 'server' ? 'srv' : 'pub'}_${randomBytes(24).toString('base64url')}`
/** What no key can look like is not asked for. */
export const isWriteKey = (text: string): boolean => /^(srv|pub)_[\w-]{32}$/.test(text)
export const newSigningSecret = (): string => randomBytes(32).toString('base64url')

export const hashKey = (writeKey: string): Buffer => hash('sha256', writeKey, 'buffer')

export const sealKeys = ({ secrets }: Ctx, { writeKey, signingSecret }: SourceKeys) => ({
  write_key_hash: hashKey(writeKey),
  write_key_encrypted: secrets.encrypt(writeKey),
  signing_secret_encrypted: secrets.encrypt(signingSecret),
})

export type SealedKeys = { write_key_encrypted: Buffer; signing_secret_encrypted: Buffer }
export const openKeys = ({ secrets }: Ctx, sealed: SealedKeys): SourceKeys => ({
  writeKey: secrets.decrypt(sealed.write_key_encrypted),
  signingSecret: secrets.decrypt(sealed.signing_secret_encrypted),
})
