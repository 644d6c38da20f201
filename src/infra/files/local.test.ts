import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../../tests/support/index.ts'
import { createLocalFiles, type Files } from './index.ts'

let directory: string
let files: Files

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'weida-files-'))
  files = createLocalFiles(directory)
})
afterEach(() => rm(directory, { recursive: true }))

const limits = { maxBytes: 10 }

test('what was put comes back by its hash, as a stream and whole', async () => {
  const stored = await files.put(Readable.from([Buffer.from('封面'), Buffer.from('!')]), limits)
  expect(stored).toEqual({ key: createHash('sha256').update('封面!').digest('hex'), size: 7 })
  const { stream, size } = await files.open(stored.key)
  expect(size).toBe(7)
  expect((await buffer(stream)).toString()).toBe('封面!')
  expect((await files.read(stored.key, limits)).toString()).toBe('封面!')
})

test('equal content is one file, and putting it again while it is read is harmless', async () => {
  const first = await files.put(Buffer.from('same'), limits)
  const { stream } = await files.open(first.key)
  expect(await files.put(Buffer.from('same'), limits)).toEqual(first)
  expect((await buffer(stream)).toString()).toBe('same')
})

test('the size bound: exactly as many bytes are taken, one more is refused and nothing kept', async () => {
  await files.put(Buffer.alloc(10), limits)
  const endless = async function* () {
    for (;;) yield Buffer.alloc(4)
  }
  await expect(files.put(endless(), limits)).rejects.toMatchObject({ reason: 'file_too_large' })
  await expect(files.put(Buffer.alloc(11), limits)).rejects.toMatchObject({ detail: { maxBytes: 10 } })
  expect(await readdir(path.join(directory, 'incoming'))).toEqual([])
})

test('a source that breaks off leaves nothing', async () => {
  const broken = async function* () {
    yield Buffer.from('a')
    throw new Error('cut off')
  }
  await expect(files.put(broken(), limits)).rejects.toThrow('cut off')
  expect(await readdir(path.join(directory, 'incoming'))).toEqual([])
})

test.each([
  '../secrets.key',
  '/etc/passwd',
  '',
  'A'.repeat(64),
  `${'a'.repeat(63)}/`,
  `${'a'.repeat(64)}\n`,
  'a'.repeat(64),
])('no key names anything outside or unknown: %j', async (key) => {
  await expect(files.open(key)).rejects.toMatchObject({ code: 'not_found' })
  await expect(files.read(key, limits)).rejects.toMatchObject({ code: 'not_found' })
  await files.remove(key)
})

test('a removed file is gone, and removing it again is harmless', async () => {
  const { key } = await files.put(Buffer.from('x'), limits)
  await files.remove(key)
  await files.remove(key)
  await expect(files.open(key)).rejects.toMatchObject({ code: 'not_found' })
})

test('uploads cut off by a kill are swept a day later, younger ones stay', async () => {
  const [old, young] = [path.join(directory, 'incoming/old'), path.join(directory, 'incoming/young')]
  await writeFile(old, '')
  await writeFile(young, '')
  const dayAgo = Date.now() / 1000 - 86_401
  await utimes(old, dayAgo, dayAgo)
  createLocalFiles(directory)
  await until(async () => (await readdir(path.join(directory, 'incoming'))).length === 1)
  expect(await readdir(path.join(directory, 'incoming'))).toEqual(['young'])
})
