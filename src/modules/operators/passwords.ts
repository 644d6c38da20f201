import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2) as (algorithm: string, parameters: Argon2Parameters) => Promise<Buffer>

/** OWASP Password Storage Cheat Sheet (2025): argon2id with 19 MiB, 2 passes, 1 lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }

const run = (secret: string, nonce: Buffer, cost = COST) =>
  derive('argon2id', { message: Buffer.from(secret.normalize('NFKC')), nonce, ...cost })

/** `argon2id$memory$passes$parallelism$salt$hash`, so that the cost can be raised without locking anyone out. */
export async function hashPassword(secret: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await run(secret, salt)
  return [
    'argon2id',
    COST.memory,
    COST.passes,
    COST.parallelism,
    salt.toString('base64'),
    hash.toString('base64'),
  ].join('$')
}

export async function verifyPassword(secret: string, stored: string): Promise<boolean> {
  const [kind, memory, passes, parallelism, salt, hash] = stored.split('$')
  if (kind !== 'argon2id' || salt === undefined || hash === undefined) return false
  const expected = Buffer.from(hash, 'base64')
  const cost = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  }
  return timingSafeEqual(await run(secret, Buffer.from(salt, 'base64'), cost), expected)
}

/** Spends the time of a check when there is no such person, so that answers don't tell who exists. */
let decoy: Promise<string> | undefined
export async function verifyNobody(secret: string): Promise<false> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'))
  await verifyPassword(secret, await decoy)
  return false
}
