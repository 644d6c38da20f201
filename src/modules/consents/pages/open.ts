import type { FastifyReply, FastifyRequest } from 'fastify'
import { isWechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { AppError } from '../../../kernel/errors.ts'
import { type Signature, signPage } from '../jsapi.ts'
import { closedHtml, subscribeHtml, WECHAT_SDK } from './html.ts'
import { countOpened, type PageRow, selectOnline } from './store.ts'

/**
 * Answers someone who opens a subscribe page. It is signed for the address as asked for, to which WeChat adds parameters
 * when a page is shared; counted where it is WeChat's browser that asks.
 */
export async function openSubscribePage(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const { pageKey } = request.params as { pageKey: string }
  void reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', policyOf(ctx))
  const page = await selectOnline(ctx.db, pageKey)
  const templates = page?.templates.filter(({ gone }) => !gone).map(({ wechatId }) => wechatId) ?? []
  if (page === undefined || templates.length === 0) return reply.code(404).send(closedHtml('offline'))
  const signature = await sign(ctx, page, request.url)
  if (signature === undefined) return reply.code(503).send(closedHtml('later'))
  const anyBrowser = ctx.mode === 'sandbox'
  if (anyBrowser || /MicroMessenger/i.test(request.headers['user-agent'] ?? ''))
    await countOpened(ctx.db, page.id)
  const sdk = anyBrowser ? `${ctx.config.simulator.url}/jweixin.js` : WECHAT_SDK
  return reply.send(subscribeHtml({ ...page, templates, sdk, signature, anyBrowser }))
}

async function sign(ctx: Ctx, page: PageRow, path: string): Promise<Signature | undefined> {
  try {
    return await signPage(ctx, page.accountId, `${new URL(ctx.config.publicUrl).origin}${path}`)
  } catch (error) {
    if (!isWechatError(error) && !(error instanceof AppError)) throw error
    ctx.log.warn({ accountId: page.accountId, pageId: page.id }, 'a subscribe page could not be signed')
    return undefined
  }
}

/** Wider than the console's: WeChat's browser brings scripts and frames of its own into pages with open tags. */
function policyOf(ctx: Ctx): string {
  const simulator = ctx.mode === 'sandbox' ? ` ${ctx.config.simulator.url}` : ''
  return [
    "default-src 'none'",
    `script-src 'self' 'unsafe-inline' https://*.qq.com${simulator}`,
    "style-src 'self' 'unsafe-inline'",
    'img-src * data:',
    `connect-src 'self' https://*.qq.com${simulator}`,
    `frame-src https://*.qq.com weixin: weixinping: wxlocalresource:${simulator}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}
