import { dayOf } from '../calendar.ts'
import type { Article } from '../official-account/drafts/article.ts'

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

// Articles are foreign HTML: no scripts run in their page, whatever slipped through.
const page = (title: string, body: string): string => `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="script-src 'none'; object-src 'none'">
<title>${escapeHtml(title)}</title><link rel="stylesheet" href="/phone/article.css"></head>
<body class="article-page">${body}</body></html>`

/** An article as its reader sees it. */
export function articlePage(article: Article, { account, at }: { account: string; at: Date }): string {
  const pictures = (article.image_info?.image_list ?? [])
    .map((picture) => `<p><img src="/mmbiz/${escapeHtml(picture.image_media_id)}/0" alt=""></p>`)
    .join('')
  const source = article.content_source_url
    ? `<p><a href="${escapeHtml(article.content_source_url)}" rel="noreferrer noopener" target="_blank">阅读原文</a></p>`
    : ''
  return page(
    article.title,
    `<article><h1>${escapeHtml(article.title)}</h1>
<p class="byline">${article.author ? `<span>${escapeHtml(article.author)}</span> ` : ''}<b>${escapeHtml(account)}</b> <time>${dayOf(at)}</time></p>
${pictures}<div class="content">${article.content}</div>${source}</article>`,
  )
}

/** What a card opens once its content is gone. */
export const offlinePage = (): string =>
  page(
    '该内容已被发布者删除',
    '<div class="offline"><div class="offline-mark">!</div><h2>该内容已被发布者删除</h2><p>This content has been deleted by its publisher.</p></div>',
  )
