import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Ctx, Role } from '../../src/context.ts'
import { createOperator } from '../../src/modules/operators/index.ts'
import { createApp } from '../../src/server/index.ts'

export type Answer<T = Record<string, unknown>> = { status: number; body: T }
export type Caller = <T = Record<string, unknown>>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
) => Promise<Answer<T>>

export type TestApi = {
  app: FastifyInstance
  /** Signs in someone new of this role; `accounts` null sees every account. */
  signIn(role: Role, accounts?: string[] | null): Promise<Caller>
  close(): Promise<void>
}

/** The API as a browser meets it, without a network: routes, permissions, sessions and all. */
export async function createTestApi(ctx: Ctx): Promise<TestApi> {
  const app = await createApp(ctx)
  await app.ready()
  const headers = { 'x-weida-request': '1' }
  return {
    app,
    async signIn(role, accounts = null) {
      const email = `${randomBytes(6).toString('hex')}@example.com`
      const password = randomBytes(12).toString('hex')
      await createOperator(ctx, {
        email,
        password,
        name: role,
        role,
        allAccounts: accounts === null,
        accountIds: accounts ?? [],
      })
      const session = await app.inject({
        method: 'POST',
        url: '/api/session',
        headers,
        payload: { email, password },
      })
      const cookies = Object.fromEntries(session.cookies.map(({ name, value }) => [name, value]))
      return async (method, url, body) => {
        const sent = body instanceof FormData ? await multipart(body) : { payload: body as object }
        const answer = await app.inject({
          method,
          url,
          cookies,
          ...sent,
          headers: { ...headers, ...('headers' in sent ? sent.headers : {}) },
        })
        const isJson = /json/.test(String(answer.headers['content-type']))
        return { status: answer.statusCode, body: isJson ? answer.json() : (answer.rawPayload as never) }
      }
    },
    close: () => app.close(),
  }
}

async function multipart(form: FormData) {
  const request = new Request('http://localhost', { method: 'POST', body: form })
  const type = request.headers.get('content-type') ?? ''
  return { payload: Buffer.from(await request.arrayBuffer()), headers: { 'content-type': type } }
}
