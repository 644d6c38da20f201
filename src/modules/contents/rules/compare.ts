import type { ArticleInput } from '../../../wechat/payloads/drafts.ts'

/** What of an article can change at WeChat behind our back. */
export const COMPARED = [
  'title',
  'author',
  'digest',
  'content',
  'cover',
  'sourceUrl',
  'comments',
  'pictures',
] as const
export type Compared = (typeof COMPARED)[number]

/** Short enough to be read: of a body, the words around the first that differ. */
export type Difference = { field: Compared; before: string; after: string }

const SHOWN = 160
const AROUND = 30

/** What differs between an article as it would go out and as WeChat has it; `ownCover` replaces theirs anyway. */
export function differencesOf(
  before: ArticleInput,
  after: ArticleInput,
  { ownCover }: { ownCover: boolean },
): Difference[] {
  const [old, now] = [valuesOf(before), valuesOf(after)]
  return COMPARED.flatMap((field): Difference[] => {
    if (old[field] === now[field] || (field === 'cover' && ownCover)) return []
    if (field !== 'content') return [{ field, before: cut(old[field]), after: cut(now[field]) }]
    return [{ field, ...excerpts(plain(before.content), plain(after.content)) }]
  })
}

/** One string for all of it, equal for articles that would go out alike. */
export const signatureOf = (article: ArticleInput): string => JSON.stringify(valuesOf(article))

const valuesOf = (article: ArticleInput): Record<Compared, string> => ({
  title: article.title,
  author: article.author ?? '',
  digest: article.digest ?? '',
  content: comparable(article.content),
  cover: JSON.stringify([article.thumb_media_id ?? '', article.cover_info?.crop_percent_list ?? []]),
  sourceUrl: article.content_source_url ?? '',
  comments: `${article.need_open_comment ?? 0}${article.only_fans_can_comment ?? 0}`,
  pictures: (article.image_info?.image_list ?? []).map((one) => one.image_media_id).join(' '),
})

/** A picture is the same one under whatever host and size WeChat names it this time. */
const comparable = (html: string): string =>
  html.replace(/(\s(?:data-)?src\s*=\s*["'])https?:\/\/[^/"']+([^"'?#]*)[^"']*/gi, '$1$2')

const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

function excerpts(before: string, after: string): { before: string; after: string } {
  // equal words: what changed is how they look, or their pictures
  if (before === after) return { before: '', after: '' }
  const [old, now] = [[...before], [...after]]
  let first = 0
  while (first < old.length && old[first] === now[first]) first += 1
  const from = Math.max(0, first - AROUND)
  const part = (text: string[]) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + SHOWN).join('')}${text.length > from + SHOWN ? '…' : ''}`
  return { before: part(old), after: part(now) }
}

const cut = (text: string): string => {
  const characters = [...text]
  return characters.length > SHOWN ? `${characters.slice(0, SHOWN).join('')}…` : text
}
