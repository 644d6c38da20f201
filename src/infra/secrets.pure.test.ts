import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSecrets, loadSecretsKey, secretsKeyPath } from './secrets.ts'

const secrets = createSecrets('1'.repeat(64))

describe('secrets at rest', () => {
  test('come back as they were, and never look the same twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (plain) => {
        const [one, two] = [secrets.encrypt(plain), secrets.encrypt(plain)]
        expect(secrets.decrypt(one)).toBe(plain)
        expect(one.equals(two)).toBe(false)
        if (Buffer.byteLength(plain) > 8) expect(one.includes(plain)).toBe(false)
      }),
    )
  })

  test('any bit changed is refused, not decrypted to something else', () => {
    const sealed = secrets.encrypt('the app secret')
    for (let byte = 0; byte < sealed.length; byte += 1) {
      const tampered = Buffer.from(sealed)
      tampered[byte] = (tampered[byte] ?? 0) ^ 0x10
      expect(() => secrets.decrypt(tampered), `byte ${byte}`).toThrow()
    }
  })

  test.each([0, 1, 12, 28, 29, 35])('cut to %i bytes is refused', (length) => {
    expect(() => secrets.decrypt(secrets.encrypt('the app secret').subarray(0, length))).toThrow()
  })

  test('another key opens nothing', () => {
    expect(() => createSecrets('2'.repeat(64)).decrypt(secrets.encrypt('x'))).toThrow()
  })

  test.each(['', 'ab', '1'.repeat(62), '1'.repeat(66), 'z'.repeat(64)])('%j is no key', (key) => {
    expect(() => createSecrets(key)).toThrow()
  })
})

describe('the key', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'weida-key-'))
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))

  test('is made once, readable by its owner only, and kept', async () => {
    const first = loadSecretsKey('', join(dir, 'new'))
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(loadSecretsKey('', join(dir, 'new'))).toBe(first)
    expect((await stat(secretsKeyPath(join(dir, 'new')))).mode & 0o777).toBe(0o600)
    expect(loadSecretsKey('', join(dir, 'other'))).not.toBe(first)
  })

  test('a setting goes before the file and writes none', async () => {
    expect(loadSecretsKey('3'.repeat(64), join(dir, 'set'))).toBe('3'.repeat(64))
    await expect(readFile(secretsKeyPath(join(dir, 'set')))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a file that was damaged is said, not replaced: a new key would lose every secret', async () => {
    const key = loadSecretsKey('', join(dir, 'damaged'))
    await writeFile(secretsKeyPath(join(dir, 'damaged')), key.slice(0, 20))
    expect(() => createSecrets(loadSecretsKey('', join(dir, 'damaged')))).toThrow('64 hex digits')
  })
})
