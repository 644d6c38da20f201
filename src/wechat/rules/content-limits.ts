import type { Advice } from '../error-codes.ts'
import { ARTICLE_HOSTS, partsOfText } from './text-links.ts'

/** 新建草稿 (draft/add), checked 2026-11. Lengths are characters (code points), tags included. */
export const ARTICLE_LIMITS = {
  title: 32,
  author: 16,
  digest: 120,
  /** "Fewer than": 19,999 is the longest. */
  content: 19_999,
  contentBytes: 1_048_575,
  sourceUrlBytes: 1024,
  /** Tradition; the current page no longer says it. */
  articles: 8,
  pictures: 20,
  /** What the platform writes itself when no digest is given. */
  defaultDigest: 54,
} as const

/** Not documented for the API; the platform's own page takes 600 characters, the markup of links not counted. */
export const LONGEST_MASS_TEXT = 600
/** 群发图片: as many as a picture article takes. */
export const MASS_PICTURES = 20
/** 群发视频 (media/uploadvideo): no page names limits (unverified, 2026-11); titles as long as articles of the console had them. */
export const MASS_VIDEO = { title: 64, description: 120 } as const

export type ContentReason =
  | 'title_missing'
  | 'title_too_long'
  | 'author_too_long'
  | 'digest_too_long'
  | 'content_missing'
  | 'content_too_long'
  | 'content_too_large'
  | 'source_url_invalid'
  | 'source_url_too_long'
  | 'cover_missing'
  | 'pictures_missing'
  | 'too_many_pictures'
  | 'articles_missing'
  | 'too_many_articles'
  | 'text_missing'
  | 'text_too_long'
  | 'link_not_allowed'
  | 'mini_program_incomplete'
  | 'tag_not_allowed'
  | 'voice_missing'
  | 'video_missing'
  | 'description_too_long'

export type ContentProblem = {
  /** Place in the form, such as `articles.0.title`. */
  readonly field: string
  readonly reason: ContentReason
  readonly limit?: number
  readonly actual?: number
}

export type ArticleFields = {
  readonly type?: 'news' | 'newspic' | undefined
  readonly title: string
  readonly author?: string | undefined
  readonly digest?: string | undefined
  readonly content: string
  readonly sourceUrl?: string | undefined
  readonly coverMediaId?: string | undefined
  readonly pictureMediaIds?: readonly string[] | undefined
}

export function checkArticles(articles: readonly ArticleFields[]): ContentProblem[] {
  const { articles: limit } = ARTICLE_LIMITS
  if (articles.length === 0) return [{ field: 'articles', reason: 'articles_missing' }]
  return [
    ...over('articles', 'too_many_articles', articles.length, limit),
    ...articles.flatMap((article, index) => checkArticle(article, `articles.${index}`)),
  ]
}

/** Everything wrong with one article, so that a form shows it at once. */
export function checkArticle(article: ArticleFields, at = 'article'): ContentProblem[] {
  const limits = ARTICLE_LIMITS
  const { title, author = '', digest = '', content } = article
  return [
    ...missing(`${at}.title`, 'title_missing', title),
    ...over(`${at}.title`, 'title_too_long', characters(title), limits.title),
    ...over(`${at}.author`, 'author_too_long', characters(author), limits.author),
    ...over(`${at}.digest`, 'digest_too_long', characters(digest), limits.digest),
    ...(article.type === 'newspic' ? [] : missing(`${at}.content`, 'content_missing', content)),
    ...over(`${at}.content`, 'content_too_long', characters(content), limits.content),
    ...over(`${at}.content`, 'content_too_large', bytes(content), limits.contentBytes),
    ...checkSourceUrl(article.sourceUrl ?? '', `${at}.sourceUrl`),
    ...checkPictures(article, at),
  ]
}

/** Text of a mass send: links lead to articles of accounts or into mini programs, nowhere else. */
export function checkMassText(text: string, articleHosts = ARTICLE_HOSTS): ContentProblem[] {
  const parts = partsOfText(text, articleHosts)
  const visible = parts.map((part) => (part.kind === 'text' ? part.text : part.label)).join('')
  const problems = [
    ...missing('text', 'text_missing', visible),
    ...over('text', 'text_too_long', characters(visible), LONGEST_MASS_TEXT),
  ]
  for (const part of parts) {
    if (part.kind === 'foreign') problems.push({ field: 'text', reason: 'link_not_allowed' })
    if (part.kind === 'mini-program' && !(isAppId(part.appId) && part.path !== ''))
      problems.push({ field: 'text', reason: 'mini_program_incomplete' })
    if (/<\/?[a-z][^>]*>/i.test(part.kind === 'text' ? part.text : part.label))
      problems.push({ field: 'text', reason: 'tag_not_allowed' })
  }
  return problems
}

export function checkMassPictures(mediaIds: readonly string[]): ContentProblem[] {
  if (mediaIds.length === 0) return [{ field: 'pictures', reason: 'pictures_missing' }]
  return over('pictures', 'too_many_pictures', mediaIds.length, MASS_PICTURES)
}

/** 群发语音: the recording is all there is. */
export const checkMassVoice = (mediaAssetId: string | null): ContentProblem[] =>
  missing('voice', 'voice_missing', mediaAssetId ?? '')

export function checkMassVideo(video: {
  mediaAssetId: string | null
  title: string
  description: string
}): ContentProblem[] {
  const title = video.title.trim()
  return [
    ...missing('video', 'video_missing', video.mediaAssetId ?? ''),
    ...missing('title', 'title_missing', title),
    ...over('title', 'title_too_long', characters(title), MASS_VIDEO.title),
    ...over(
      'description',
      'description_too_long',
      characters(video.description.trim()),
      MASS_VIDEO.description,
    ),
  ]
}

/** Addresses of the pictures in an article body; those that `uploadimg` did not give are dropped by the platform. */
export const picturesIn = (html: string): string[] =>
  [...html.matchAll(/<img\b[^>]*?\s(?:data-)?src\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map((m) =>
    (m[1] ?? m[2] ?? '').replaceAll('&amp;', '&'),
  )

function checkSourceUrl(url: string, field: string): ContentProblem[] {
  if (url === '') return []
  const valid = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  return [
    ...(valid ? [] : [{ field, reason: 'source_url_invalid' as const }]),
    ...over(field, 'source_url_too_long', bytes(url), ARTICLE_LIMITS.sourceUrlBytes),
  ]
}

function checkPictures(
  { type, coverMediaId, pictureMediaIds = [] }: ArticleFields,
  at: string,
): ContentProblem[] {
  if (type !== 'newspic') return missing(`${at}.cover`, 'cover_missing', coverMediaId ?? '')
  if (pictureMediaIds.length === 0) return [{ field: `${at}.pictures`, reason: 'pictures_missing' }]
  return over(`${at}.pictures`, 'too_many_pictures', pictureMediaIds.length, ARTICLE_LIMITS.pictures)
}

const missing = (field: string, reason: ContentReason, value: string): ContentProblem[] =>
  value.trim() === '' ? [{ field, reason }] : []
const over = (field: string, reason: ContentReason, actual: number, limit: number): ContentProblem[] =>
  actual > limit ? [{ field, reason, limit, actual }] : []

const isAppId = (id: string) => /^wx[0-9a-f]{16}$/.test(id)
/** One emoji of one code point is one character, though it is two in a JavaScript string. */
export const characters = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}
const bytes = (text: string): number => new TextEncoder().encode(text).length

/** One sentence for each reason; `{limit}` and `{actual}` stand for the numbers. */
export const CONTENT_TEXTS: Record<ContentReason, Advice> = {
  title_missing: { zh: '请填写标题。', en: 'Enter a title.' },
  title_too_long: {
    zh: '标题最多 {limit} 个字，当前 {actual} 个。',
    en: 'The title has {actual} characters; {limit} are allowed.',
  },
  author_too_long: {
    zh: '作者最多 {limit} 个字，当前 {actual} 个。',
    en: 'The author has {actual} characters; {limit} are allowed.',
  },
  digest_too_long: {
    zh: '摘要最多 {limit} 个字，当前 {actual} 个。',
    en: 'The summary has {actual} characters; {limit} are allowed.',
  },
  content_missing: { zh: '请填写正文。', en: 'Enter the content.' },
  content_too_long: {
    zh: '正文（含标签）须少于 2 万字，当前 {actual} 个。',
    en: 'The content has {actual} characters with its tags; fewer than 20,000 are allowed.',
  },
  content_too_large: { zh: '正文须小于 1 MB。', en: 'The content must be smaller than 1 MB.' },
  source_url_invalid: { zh: '“阅读原文”链接不正确。', en: 'The source link is not a valid address.' },
  source_url_too_long: {
    zh: '“阅读原文”链接过长（最多 1 KB）。',
    en: 'The source link is longer than 1 KB.',
  },
  cover_missing: { zh: '请选择封面图。', en: 'Choose a cover.' },
  pictures_missing: { zh: '请至少选择一张图片。', en: 'Choose at least one picture.' },
  too_many_pictures: {
    zh: '图片最多 {limit} 张，当前 {actual} 张。',
    en: 'There are {actual} pictures; {limit} are allowed.',
  },
  articles_missing: { zh: '请至少添加一篇图文。', en: 'Add at least one article.' },
  too_many_articles: {
    zh: '图文最多 {limit} 篇，当前 {actual} 篇。',
    en: 'There are {actual} articles; {limit} are allowed.',
  },
  text_missing: { zh: '请填写文本内容。', en: 'Enter a text.' },
  text_too_long: {
    zh: '文本最多 {limit} 个字，当前 {actual} 个。',
    en: 'The text has {actual} characters; {limit} are allowed.',
  },
  link_not_allowed: {
    zh: '群发文本只能包含公众号文章链接或小程序链接。',
    en: 'The text of a mass send may link to WeChat articles or mini programs only.',
  },
  mini_program_incomplete: {
    zh: '小程序链接需要正确的 AppID 和页面路径。',
    en: 'A mini-program link needs a valid AppID and a page path.',
  },
  tag_not_allowed: {
    zh: '文本中只能使用链接标签，其他标签不会生效。',
    en: 'Only link tags work in a text; remove the others.',
  },
  voice_missing: { zh: '请选择一段语音。', en: 'Choose a voice.' },
  video_missing: { zh: '请选择一个视频。', en: 'Choose a video.' },
  description_too_long: {
    zh: '简介最多 {limit} 个字，当前 {actual} 个。',
    en: 'The description has {actual} characters; {limit} are allowed.',
  },
}
