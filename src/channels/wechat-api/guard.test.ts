import { expect, test } from 'vitest'
import { assertPublicHost, createGuard, isPublicAddress } from './guard.ts'

const sandbox = createGuard({ mode: 'sandbox', simulatorUrls: ['http://127.0.0.1:7301'] })
const production = createGuard({ mode: 'production' })

test('issue 7: a sandbox reaches its simulator and refuses every real host', () => {
  expect(() => sandbox.check('http://127.0.0.1:7301/cgi-bin/token')).not.toThrow()
  for (const url of [
    'https://api.weixin.qq.com',
    'http://127.0.0.1:7302',
    'https://127.0.0.1:7301',
    'http://localhost:7301',
  ])
    expect(() => sandbox.check(url)).toThrow(
      expect.objectContaining({ code: 'forbidden', reason: 'real_host_in_sandbox' }),
    )
})

test('production reaches the platform over TLS, and proxies only when they are configured', () => {
  for (const url of ['https://api.weixin.qq.com', 'https://sh.api.weixin.qq.com/x'])
    expect(() => production.check(url)).not.toThrow()
  for (const url of [
    'http://api.weixin.qq.com',
    'https://weixin.qq.com.evil.cn',
    'https://evilweixin.qq.com',
    'http://127.0.0.1:7301',
  ])
    expect(() => production.check(url)).toThrow(expect.objectContaining({ reason: 'host_not_allowed' }))
  const proxied = createGuard({ mode: 'production', extraOrigins: ['http://wechat-proxy.internal:8080'] })
  expect(() => proxied.check('http://wechat-proxy.internal:8080/cgi-bin')).not.toThrow()
})

test.each([
  ['8.8.8.8', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.15.255.255', true],
  ['172.16.0.0', false],
  ['172.31.255.255', false],
  ['172.32.0.0', true],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['192.168.1.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['0.0.0.0', false],
  ['2400:3200::1', true],
  ['::1', false],
  ['fe80::1', false],
  ['fc00::1', false],
  ['::ffff:127.0.0.1', false],
  ['2001:db8::1', false],
  ['nonsense', false],
])('the address %s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected)
})

test.each([
  'http://127.0.0.1/x',
  'http://[::1]/x',
  'http://localhost:80',
  'ftp://8.8.8.8/x',
  'http://0x7f000001/',
])('outbound fetches to %s are refused', async (url) => {
  await expect(assertPublicHost(url)).rejects.toMatchObject({ reason: 'host_not_public' })
})

test('files that the platform names are fetched from anywhere public, in a sandbox from its simulator alone', async () => {
  await expect(production.checkGiven('http://8.8.8.8/film.mp4')).resolves.toBeUndefined()
  await expect(production.checkGiven('http://169.254.169.254/x')).rejects.toMatchObject({
    reason: 'host_not_public',
  })
  await expect(sandbox.checkGiven('http://127.0.0.1:7301/mmbiz/x')).resolves.toBeUndefined()
  await expect(sandbox.checkGiven('http://8.8.8.8/film.mp4')).rejects.toMatchObject({
    reason: 'real_host_in_sandbox',
  })
})

test('outbound fetches to a public address are allowed', async () => {
  await expect(assertPublicHost('https://8.8.8.8/x')).resolves.toBeUndefined()
})
