import { describe, expect, test } from 'vitest'
import { createLog } from './log.ts'

function logged(work: (log: ReturnType<typeof createLog>) => void, level = 'debug') {
  const lines: string[] = []
  work(createLog(level, { write: (line) => void lines.push(line) }))
  return lines
}

describe('an error in the log', () => {
  const failed = Object.assign(new Error('it failed', { cause: new Error('because') }), {
    code: '23505',
    constraint: 'fans_account_id_openid_key',
    detail: 'Key (account_id, openid)=(1, oSecretFan) already exists.',
    parameters: ['oSecretFan'],
    reply: { openid: 'oSecretFan' },
    config: { url: 'https://api.weixin.qq.com/x?access_token=SECRET' },
  })

  test('says what and where, with its cause, and nothing that hangs on it', () => {
    const [line = ''] = logged((log) => log.error({ err: failed }, 'request failed'))
    expect(JSON.parse(line)).toMatchObject({
      msg: 'request failed',
      err: {
        type: 'Error',
        message: 'it failed',
        code: '23505',
        constraint: 'fans_account_id_openid_key',
        stack: expect.stringContaining('log.pure.test.ts'),
        cause: { message: 'because' },
      },
    })
    expect(line).not.toMatch(/oSecretFan|SECRET/)
  })

  test('of PostgreSQL about a value does not repeat the value', () => {
    const error = Object.assign(new Error('invalid input syntax for type bigint: "oSecretFan"'), {
      code: '22P02',
    })
    const [line = ''] = logged((log) => log.error({ err: error }, 'refused'))
    expect(line).toContain('22P02')
    expect(line).not.toContain('oSecretFan')
  })

  test('that is its own cause ends', () => {
    const loop = new Error('loop')
    loop.cause = loop
    expect(logged((log) => log.error({ err: loop }, 'x'))).toHaveLength(1)
  })
})

test('the second fence: known names of secrets are blotted out', () => {
  const [line = ''] = logged((log) =>
    log.info({
      openid: 'oSecretFan',
      call: {
        openid: 'oSecretFan',
        access_token: 'SECRET',
        secret: 'SECRET',
        password: 'SECRET',
        cookie: 'SECRET',
      },
      headers: { authorization: 'SECRET' },
    }),
  )
  expect(line).not.toMatch(/oSecretFan|SECRET/)
})

test('the level is kept', () => {
  expect(logged((log) => log.info('x'), 'warn')).toEqual([])
  expect(logged((log) => log.error('x'), 'silent')).toEqual([])
})
