import type { Ctx } from '../../context.ts'
import { listTrackedOrigins } from '../sources/index.ts'

/** 阅读原文: WeChat takes addresses of up to 1 KB; one that would grow past it is left as it is. */
const ADDRESS_BYTES = 1_024

type Linked = { content_source_url?: string | undefined }

/**
 * Articles whose links to pages that we track name the send they belong to, so that a click counts for it. Links to
 * other sites stay as the operator wrote them.
 */
export async function tieLinks<T extends Linked>(
  ctx: Ctx,
  send: { id: string; accountId: string },
  articles: readonly T[],
): Promise<T[]> {
  const origins = await listTrackedOrigins(ctx.db, send.accountId)
  return articles.map((article) => {
    const { content_source_url: address } = article
    return address ? { ...article, content_source_url: tieLink(address, send.id, origins) } : article
  })
}

export function tieLink(address: string, broadcastId: string, origins: ReadonlySet<string>): string {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  if (!origins.has(url.origin)) return address
  url.searchParams.set('wd_send', broadcastId)
  return Buffer.byteLength(url.href) > ADDRESS_BYTES ? address : url.href
}
