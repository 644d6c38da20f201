import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type Article, withPictures } from '../official-account/drafts/article.ts'
import { findByTicket, isOver } from '../official-account/qr-codes/codes.ts'
import { drawPicture } from '../official-account/qr-codes/picture.ts'
import type { World } from '../world.ts'
import { articlePage, offlinePage } from './article-page.ts'
import { jssdkRoutes } from './jssdk.ts'

const FILES: Record<string, [string, string]> = {
  '/phone': ['phone.html', 'text/html; charset=utf-8'],
  '/phone/phone.js': ['phone.js', 'text/javascript; charset=utf-8'],
  '/phone/words.js': ['words.js', 'text/javascript; charset=utf-8'],
  '/phone/draw.js': ['draw.js', 'text/javascript; charset=utf-8'],
  '/phone/draw-messages.js': ['draw-messages.js', 'text/javascript; charset=utf-8'],
  '/phone/make.js': ['make.js', 'text/javascript; charset=utf-8'],
  '/phone/menu.js': ['menu.js', 'text/javascript; charset=utf-8'],
  '/phone/scan.js': ['scan.js', 'text/javascript; charset=utf-8'],
  '/phone/subscribe.js': ['subscribe.js', 'text/javascript; charset=utf-8'],
  '/phone/phone.css': ['phone.css', 'text/css; charset=utf-8'],
  '/phone/article.css': ['article.css', 'text/css; charset=utf-8'],
}

/** What a person sees: the phone, articles, and the pictures in them. */
export function pageRoutes(app: FastifyInstance, world: World): void {
  jssdkRoutes(app, world)
  for (const [url, [file, type]] of Object.entries(FILES))
    app.get(url, async (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'no-cache')
        .send(await readFile(join(import.meta.dirname, file))),
    )

  app.get<{ Params: { id: string } }>('/mmbiz/:id/:size', async ({ params }, reply) => {
    const picture = await world.db.row<{ content_type: string; bytes: Buffer }>(
      `select content_type, bytes from picture where id = $1
       union all select content_type, bytes from media where media_id = $1 limit 1`,
      [params.id],
    )
    if (!picture) return reply.code(404).send('')
    return reply
      .type(picture.content_type)
      .header('cache-control', 'max-age=86400')
      .header('access-control-allow-origin', '*')
      .header('cross-origin-resource-policy', 'cross-origin')
      .send(picture.bytes)
  })

  app.get<{ Querystring: { ticket?: string } }>('/cgi-bin/showqrcode', async ({ query }, reply) => {
    const code = await findByTicket(world.db, query.ticket ?? '')
    if (!code || isOver(code, world.clock.now())) return reply.code(404).send('')
    return reply.type('image/png').send(drawPicture(code.url))
  })

  app.get<{ Params: { key: string } }>('/s/:key', async ({ params }, reply) => {
    const row = await world.db.row<{
      fields: Article
      name: string
      published_at: Date
      deleted_at: Date | null
    }>(
      `select fields, account.name, published_at, article.deleted_at from article join publication using (msg_data_id)
       join account on account.id = article.account_id where key = $1`,
      [params.key],
    )
    reply.type('text/html; charset=utf-8')
    if (!row || row.deleted_at) return reply.send(offlinePage())
    return reply.send(articlePage(shown(row.fields), { account: row.name, at: row.published_at }))
  })

  app.get<{ Params: { mediaId: string; idx: string } }>(
    '/s/draft/:mediaId/:idx',
    async ({ params }, reply) => {
      const row = await world.db.row<{ articles: Article[]; name: string; updated_at: Date }>(
        'select articles, name, updated_at from draft join account on account.id = account_id where media_id = $1',
        [params.mediaId],
      )
      const article = row?.articles[Number(params.idx) - 1]
      reply.type('text/html; charset=utf-8')
      if (!row || !article) return reply.send(offlinePage())
      return reply.send(articlePage(shown(article), { account: row.name, at: row.updated_at }))
    },
  )

  const shown = (article: Article): Article => ({ ...article, content: withPictures(article.content, world) })
}
