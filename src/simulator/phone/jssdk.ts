import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { World } from '../world.ts'

const FILES: Record<string, [string, string]> = {
  '/jweixin.js': ['jweixin.js', 'text/javascript; charset=utf-8'],
  '/jssdk/popup': ['popup.html', 'text/html; charset=utf-8'],
  '/jssdk/popup.js': ['popup.js', 'text/javascript; charset=utf-8'],
}

type Query = { appid?: string; timestamp?: string; nonceStr?: string; signature?: string; url?: string }

/**
 * What WeChat's browser gives a web page: the SDK's script, the check of what `wx.config` was signed with, and the popup
 * that asks. Pages of other origins load the first and ask the second.
 */
export function jssdkRoutes(app: FastifyInstance, world: World): void {
  for (const [url, [file, type]] of Object.entries(FILES))
    app.get(url, async (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'no-cache')
        .header('cross-origin-resource-policy', 'cross-origin')
        .send(await readFile(join(import.meta.dirname, file))),
    )

  app.get<{ Querystring: Query }>('/jssdk/config', async ({ query }, reply) => {
    reply.header('access-control-allow-origin', '*')
    const errMsg = await judge(world, query)
    return reply.type('application/json; charset=utf-8').send(JSON.stringify({ errMsg }))
  })
}

/** As the SDK says it: `config:ok`, `config:invalid signature`, `config:invalid appid`. */
async function judge(world: World, query: Query): Promise<string> {
  const row = await world.db.row<{ ticket: string | null }>(
    `select ticket.ticket from account left join ticket on ticket.account_id = account.id and ticket.expires_at > $2
     where appid = $1`,
    [query.appid ?? '', world.clock.now()],
  )
  if (!row) return 'config:invalid appid'
  const { nonceStr = '', timestamp = '', url = '' } = query
  const text = `jsapi_ticket=${row.ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`
  const right = row.ticket !== null && createHash('sha1').update(text).digest('hex') === query.signature
  return right ? 'config:ok' : 'config:invalid signature'
}
