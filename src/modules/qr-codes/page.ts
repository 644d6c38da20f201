import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../context.ts'
import { streamRoute } from '../manifest.ts'
import { makeOne } from './make.ts'
import { drawPicture } from './picture/draw.ts'
import { renewFrom } from './rules.ts'
import { scanPageEndpoint, scanPictureEndpoint } from './schema.ts'
import { claimOne, type PageRow, selectOnline } from './store/making.ts'

/**
 * The code behind a stable address, made anew first where it ends soon: by whoever opens it then, once a minute at most. While
 * that fails, or somebody else is at it, the last one that is still good is shown.
 */
async function openCode(ctx: Ctx, linkKey: string): Promise<PageRow | undefined> {
  const code = await selectOnline(ctx.db, linkKey, ctx.clock.now())
  if (code === undefined || !mustRenew(ctx, code)) return code
  const claimed = await claimOne(ctx.db, code.id)
  if (claimed === undefined || !(await makeOne(ctx, claimed))) return code
  return selectOnline(ctx.db, linkKey, ctx.clock.now())
}

const mustRenew = (ctx: Ctx, { expiresAt, lifeSeconds }: PageRow): boolean =>
  expiresAt !== null && lifeSeconds !== null && renewFrom({ expiresAt, lifeSeconds }) <= ctx.clock.now()

const isGood = (ctx: Ctx, { url, expiresAt }: PageRow): boolean =>
  url !== null && (expiresAt === null || expiresAt > ctx.clock.now())

async function sendPage(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const { linkKey } = scanPageEndpoint.params!.parse(request.params)
  const code = await openCode(ctx, linkKey)
  const english = !/^\s*zh/i.test(request.headers['accept-language'] ?? 'zh')
  void reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('content-security-policy', POLICY)
  if (code === undefined) return reply.code(404).send(pageOf(english, 'gone'))
  if (!isGood(ctx, code)) return reply.code(503).send(pageOf(english, 'later'))
  return reply.send(pageOf(english, 'good', { linkKey, name: code.name }))
}

async function sendPicture(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const { linkKey } = scanPictureEndpoint.params!.parse(request.params)
  const { size } = scanPictureEndpoint.query!.parse(request.query)
  const code = await openCode(ctx, linkKey)
  if (code === undefined || code.url === null || !isGood(ctx, code)) return reply.code(404).send('')
  const picture = await drawPicture(ctx, { url: code.url, logoKey: code.logoKey }, { format: 'png', size })
  return reply
    .type('image/png')
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .send(picture)
}

const POLICY =
  "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
const STYLE = `body{margin:0;background:#f5f6f8;color:#1f2329;font:16px/1.6 -apple-system,"PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:420px;margin:0 auto;padding:48px 24px;text-align:center}h1{font-size:20px;line-height:1.4;margin:0 0 24px;overflow-wrap:anywhere}
img{display:block;width:100%;max-width:320px;aspect-ratio:1;margin:0 auto 24px;background:#fff;border-radius:12px}p{color:#4e5969;margin:0}`
const WORDS = {
  zh: {
    good: '长按识别二维码',
    gone: ['页面已下线', '这个二维码已停用。'],
    later: ['请稍后再试', '二维码正在更新，页面会自动刷新。'],
  },
  en: {
    good: 'Press and hold the code to scan it',
    gone: ['This page is offline', 'The code is no longer in use.'],
    later: ['Please try again in a moment', 'The code is being renewed; this page reloads by itself.'],
  },
} as const

type Shown = { linkKey: string; name: string }

function pageOf(english: boolean, what: 'good', shown: Shown): string
function pageOf(english: boolean, what: 'gone' | 'later'): string
function pageOf(english: boolean, what: 'good' | 'gone' | 'later', shown?: Shown): string {
  const words = WORDS[english ? 'en' : 'zh']
  const [title, text] = what === 'good' ? [shown?.name ?? '', words.good] : words[what]
  const image =
    shown === undefined
      ? ''
      : `<img alt="${escaped(words.good)}" src="/scan/${escaped(shown.linkKey)}/code.png">`
  return `<!doctype html>
<html lang="${english ? 'en' : 'zh-CN'}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
${what === 'later' ? '<meta http-equiv="refresh" content="10">' : ''}<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escaped(title)}</h1>${image}<p>${text}</p></main></body></html>`
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export const pageRoutes = [
  streamRoute(scanPageEndpoint, sendPage),
  streamRoute(scanPictureEndpoint, sendPicture),
]
