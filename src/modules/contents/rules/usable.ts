import {
  type ArticleProblem,
  type ArticleSetSummary,
  MEDIA_LIMITS,
  type MediaAsset,
  type MediaKind,
} from '../schema.ts'

/** Where material goes: mass sends, and messages to single people by replies, recalls and campaigns, and buttons of menus. */
export const PLACES = ['mass-send', 'reply', 'recall', 'campaign', 'menu'] as const
export type Place = (typeof PLACES)[number]
/** 历史图文 is what was sent before WeChat had drafts, and what our sends keep; WeChat tells of it no more. */
export const ARTICLE_KINDS = ['draft', 'published', 'history'] as const
export type ArticleKind = (typeof ARTICLE_KINDS)[number]

/** What has to be known of a material; what is left out is not asked about. */
export type Material =
  | {
      kind: ArticleKind
      gone: boolean
      problem?: ArticleProblem | null
      /** The only article of its message. */
      alone?: boolean
      url?: string | null
    }
  | { kind: MediaKind; gone: boolean; animated?: boolean; gif?: boolean; bytes?: number | null }

export const UNUSABLE = [
  'gone',
  'deleted',
  'publish_first',
  'convert_first',
  'type_not_supported',
  'no_address',
  'animated',
  'too_large',
] as const
export type Unusable = (typeof UNUSABLE)[number]
/** `cover_first`: with a cover chosen for it; `not_passive`: after the push, as a message of its own. */
export type Usable =
  | { can: true; but: 'cover_first' | 'not_passive' | null }
  | { can: false; reason: Unusable }

const yes: Usable = { can: true, but: null }
const no = (reason: Unusable): Usable => ({ can: false, reason })

/**
 * D11; 微信公众号使用手册, 图文素材变更说明: drafts can be mass sent as they are; journeys, menus, menu conversations and replies take
 * published ones only; history goes on working in mass sends and journeys.
 */
const ARTICLES: Record<ArticleKind, Record<Place, Usable>> = {
  draft: {
    'mass-send': yes,
    reply: no('publish_first'),
    recall: no('publish_first'),
    campaign: no('publish_first'),
    menu: no('publish_first'),
  },
  published: { 'mass-send': yes, reply: yes, recall: yes, campaign: yes, menu: yes },
  history: {
    'mass-send': yes,
    reply: no('convert_first'),
    recall: no('convert_first'),
    campaign: yes,
    menu: no('convert_first'),
  },
}

/** Whether a material may be used in a place, and why not. One rule for pickers, their help, and what the server refuses. */
export function usableIn(material: Material, place: Place): Usable {
  if (material.gone) return no('gone')
  return isArticle(material) ? articleIn(material, place) : mediaIn(material, place)
}

/** One article of a set as it was last synced. */
export function articleMaterial(
  { kind, goneAt, articles }: Pick<ArticleSetSummary, 'kind' | 'goneAt' | 'articles'>,
  index: number,
): Material {
  const article = articles[index]
  const gone = goneAt !== null || article === undefined
  return {
    kind,
    gone,
    problem: article?.problem ?? null,
    alone: articles.length === 1,
    url: article?.url ?? null,
  }
}

/** An asset that is there. */
export const mediaMaterial = ({ kind, mime, animated, bytes }: MediaAsset): Material => ({
  kind,
  gone: false,
  animated,
  gif: mime === 'image/gif',
  bytes,
})

type Article = Extract<Material, { kind: ArticleKind }>
type Media = Extract<Material, { kind: MediaKind }>
const isArticle = (material: Material): material is Article =>
  (ARTICLE_KINDS as readonly string[]).includes(material.kind)

function articleIn({ kind, problem = null, alone = true, url }: Article, place: Place): Usable {
  if (problem === 'deleted') return no('deleted')
  const usable = ARTICLES[kind][place]
  if (!usable.can) return usable
  if (place === 'mass-send') {
    if (problem === 'type_not_supported') return no(problem)
    return problem === 'cover_missing' ? { can: true, but: 'cover_first' } : usable
  }
  // one of several, and what has no id at WeChat any more, is shown as a card that leads to its page
  const asCard = place !== 'menu' && (!alone || kind === 'history')
  return asCard && url === null ? no('no_address') : usable
}

/** 被动回复 and 客服接口, checked 2026-11: no GIF in the answer to a push; mass sends show moving pictures still; sizes for single people. */
function mediaIn({ kind, animated = false, gif = false, bytes = null }: Media, place: Place): Usable {
  if (animated && place === 'mass-send') return no('animated')
  const single = place !== 'mass-send' && place !== 'menu'
  if (single && bytes !== null && bytes > MEDIA_LIMITS[kind].maxBytes) return no('too_large')
  return gif && place === 'reply' ? { can: true, but: 'not_passive' } : yes
}
