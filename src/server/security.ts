import type { FastifyInstance } from 'fastify'
import type { Ctx } from '../context.ts'

/**
 * What a browser may do with our pages: scripts of ours only, no framing, nothing guessed. Covers come from WeChat's
 * image hosts (and, in a sandbox, from the simulator, whose phone page is also framed).
 */
export function registerSecurityHeaders(app: FastifyInstance, ctx: Ctx): void {
  const simulator = ctx.mode === 'sandbox' ? ` ${ctx.config.simulator.url}` : ''
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    // antd writes its styles at run time
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob: https://mmbiz.qpic.cn https://mmbiz.qlogo.cn http://mmbiz.qpic.cn${simulator}`,
    "font-src 'self' data:",
    `frame-src 'self'${simulator}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ')
  const https = ctx.config.publicUrl.startsWith('https:')
  app.addHook('onSend', async (request, reply) => {
    void reply.header('x-content-type-options', 'nosniff')
    void reply.header('referrer-policy', 'same-origin')
    void reply.header('x-frame-options', 'DENY')
    void reply.header('cross-origin-opener-policy', 'same-origin')
    if (!reply.hasHeader('content-security-policy')) void reply.header('content-security-policy', policy)
    if (https) void reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
    if (request.url.startsWith('/api') && !reply.hasHeader('cache-control'))
      void reply.header('cache-control', 'no-store')
  })
}
