import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Secrets at rest: AES-256-GCM under a key that lives outside the database, so a backup doesn't contain it. */
export type Secrets = {
  encrypt(plain: string): Buffer
  decrypt(sealed: Buffer): string
  /** 32 bytes that only who holds the key can make again; texts for different purposes never look alike. */
  mac(purpose: string, text: string): Buffer
}

const VERSION = 1

export function createSecrets(keyHex: string): Secrets {
  const key = Buffer.from(keyHex, 'hex')
  if (key.length !== 32) throw new Error('the secrets key must have 64 hex digits')
  const macKeys = new Map<string, Buffer>()
  const macKey = (purpose: string): Buffer => {
    const known = macKeys.get(purpose) ?? Buffer.from(hkdfSync('sha256', key, '', purpose, 32))
    macKeys.set(purpose, known)
    return known
  }
  return {
    encrypt(plain) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), body])
    },
    decrypt(sealed) {
      if (sealed[0] !== VERSION) throw new Error('sealed by an unknown version')
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13), { authTagLength: 16 })
      decipher.setAuthTag(sealed.subarray(13, 29))
      return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString('utf8')
    },
    mac: (purpose, text) => createHmac('sha256', macKey(purpose)).update(text).digest(),
  }
}

export const secretsKeyPath = (dataDir: string) => join(dataDir, 'secrets.key')

/** The key given by setting, or one made once and kept in the data directory, readable by its owner only. */
export function loadSecretsKey(configured: string, dataDir: string): string {
  if (configured !== '') return configured
  const path = secretsKeyPath(dataDir)
  mkdirSync(dataDir, { recursive: true })
  try {
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(path, 'utf8').trim()
}
