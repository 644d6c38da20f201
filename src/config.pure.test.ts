import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).problems
  }
}

test('nothing set is a working installation on this machine', () => {
  expect(loadConfig({})).toMatchObject({
    databaseUrl: undefined,
    mode: 'sandbox',
    host: '127.0.0.1',
    port: 7300,
    publicUrl: 'http://127.0.0.1:7300',
    simulator: { url: 'http://127.0.0.1:7301' },
    trustedProxies: [],
    secretsKey: '',
  })
})

test('a setting left empty is one left out', () => {
  const names = [
    'DATABASE_URL',
    'DATABASE_POOL_SIZE',
    'WEIDA_MODE',
    'WEIDA_DATA_DIR',
    'HOST',
    'PORT',
    'PUBLIC_URL',
    'TRUSTED_PROXIES',
    'SIMULATOR_URL',
    'SANDBOX_FANS',
    'SECRETS_KEY',
    'FILES_DIR',
    'LOG_LEVEL',
  ]
  expect(loadConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(loadConfig({}))
})

test('every problem is said at once, each with its name, none with a secret', () => {
  const problems = problemsOf({
    DATABASE_URL: 'mysql://root:hunter2@x/y',
    DATABASE_POOL_SIZE: '1',
    WEIDA_MODE: 'staging',
    PORT: '70000',
    PUBLIC_URL: 'weida.example.com',
    TRUSTED_PROXIES: '10.0.0.0/8, nginx',
    SIMULATOR_URL: 'https://api.weixin.qq.com',
    SANDBOX_FANS: 'many',
    SECRETS_KEY: 'c0ffee',
    LOG_LEVEL: 'loud',
  })
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'DATABASE_URL',
    'DATABASE_POOL_SIZE',
    'WEIDA_MODE',
    'PORT',
    'PUBLIC_URL',
    'TRUSTED_PROXIES',
    'SIMULATOR_URL',
    'SANDBOX_FANS',
    'SECRETS_KEY',
    'LOG_LEVEL',
  ])
  expect(problems.join()).not.toMatch(/hunter2|c0ffee/)
})

describe('both sides of each limit', () => {
  test.each([
    ['DATABASE_POOL_SIZE', ['2', '200'], ['1', '201', '2.5', 'x']],
    ['PORT', ['0', '65535'], ['-1', '65536', 'x']],
    ['SANDBOX_FANS', ['10', '1000000'], ['9', '1000001']],
    ['SECRETS_KEY', ['0'.repeat(64), 'f'.repeat(64)], ['0'.repeat(63), '0'.repeat(65), 'F'.repeat(64)]],
    ['PUBLIC_URL', ['https://a.cn', 'http://127.0.0.1:7300/'], ['ftp://a.cn', 'javascript:alert(1)', 'a.cn']],
    ['DATABASE_URL', ['postgres://a@b/c', 'postgresql://a@b/c'], ['http://a/b', 'a']],
    [
      'TRUSTED_PROXIES',
      ['10.0.0.1', '10.0.0.0/8, ::1', 'fd00::/8', 'loopback'],
      ['10.0.0.0/33', 'fd00::/129', '10.0.0', 'x', '10.0.0.0/8/8', '10.0.0.0/'],
    ],
    [
      'SIMULATOR_URL',
      ['http://127.0.0.1:7301', 'http://simulator:7301', 'https://notqq.com'],
      ['https://api.weixin.qq.com', 'https://api2.weixin.qq.com/x', 'https://qyapi.weixin.qq.com', 'x'],
    ],
  ])('%s', (name, good, bad) => {
    for (const value of good) expect(problemsOf({ [name]: value }), value).toEqual([])
    for (const value of bad) expect(problemsOf({ [name]: value }), value).toHaveLength(1)
  })
})

test.each([
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://127.0.0.1:80'],
  ['::1', 'http://[::1]:80'],
  ['weida.local', 'http://weida.local:80'],
])('without PUBLIC_URL, HOST %s is reached at %s', (HOST, url) => {
  expect(loadConfig({ HOST, PORT: '80' }).publicUrl).toBe(url)
})

test('PUBLIC_URL loses its last slash: addresses are put together with one', () => {
  expect(loadConfig({ PUBLIC_URL: 'https://a.cn/' }).publicUrl).toBe('https://a.cn')
})
