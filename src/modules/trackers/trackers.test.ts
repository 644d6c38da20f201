import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { minify, transformWithOxc } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareWorld, createBareWorld } from '../../../tests/security/world.ts'
import { createApp } from '../../server/index.ts'

let world: BareWorld
let app: FastifyInstance
beforeAll(async () => {
  world = await createBareWorld('production')
  app = await createApp(world.ctx)
})
afterAll(async () => {
  await app?.close()
  await world?.close()
})

test('F1: any page may load the script, keeps it for an hour, and asks again by its tag', async () => {
  const first = await app.inject('/sdk/weida.js')
  expect(first.statusCode).toBe(200)
  expect(first.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  })
  const again = await app.inject({
    url: '/sdk/weida.js',
    headers: { 'if-none-match': String(first.headers.etag) },
  })
  expect([again.statusCode, again.body]).toEqual([304, ''])
})

test('F1: asked for by its version the script is kept for a year; by another version it is not', async () => {
  const version = /\d+\.\d+\.\d+/.exec((await app.inject('/sdk/weida.js')).body)?.[0]
  const kept = async (v: string | undefined) =>
    (await app.inject(`/sdk/weida.js?v=${v}`)).headers['cache-control']
  expect(await kept(version)).toBe('public, max-age=31536000, immutable')
  expect(await kept('0.0.1')).toBe('public, max-age=3600')
})

test('F1: the module for mini programs is a download', async () => {
  const answer = await app.inject('/sdk/mini-program/weida.js')
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['content-disposition']).toBe('attachment; filename="weida.js"')
  expect(answer.body).toContain('module.exports')
})

test('F1: the script stays below 8 KB as pages load it', async () => {
  const source = readFileSync(join(import.meta.dirname, '../../sdk/h5/weida.js'), 'utf8')
  const { code } = await transformWithOxc(source, 'weida.js', { target: 'es2018' })
  const small = await minify('weida.js', code, { compress: { target: 'es2018' } })
  expect(Buffer.byteLength(small.code)).toBeLessThan(8_192)
})
