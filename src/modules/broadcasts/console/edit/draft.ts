import type { BodyInputOf } from '../../../../kernel/endpoint.ts'
import { checkMassText, checkMassVideo, checkMassVoice } from '../../../../wechat/rules/content-limits.ts'
import { type Rule, ruleSchema } from '../../../segments/schema.ts'
import type { Broadcast, BroadcastAudience, Content, createBroadcastEndpoint, Path } from '../../schema.ts'

export type ComposedArticle = {
  key: string
  articleSetId: string
  index: number
  title: string
  digest: string
  /** What the phone shows: the article's own cover or the new one. */
  coverUrl: string | null
  cover?: { mediaAssetId: string }
  /** The operator saw that it changed at WeChat and stays with this. */
  kept?: string
}

/** What the form holds: every kind of audience and content at once, so that trying another kind loses nothing. */
export type Draft = {
  name: string
  audienceKind: BroadcastAudience['kind']
  tagId: number | undefined
  fanIds: string[]
  listId: string | undefined
  include: string[]
  exclude: string[]
  rule: Rule | undefined
  path: Path
  contentKind: Content['kind']
  articles: ComposedArticle[]
  text: string
  imageIds: string[]
  recommend: string
  voiceId: string | null
  video: { mediaAssetId: string | null; title: string; description: string }
  ignoreReprint: boolean
  activityId: string | null
}

export type DraftFields = BodyInputOf<typeof createBroadcastEndpoint>

export const emptyDraft = (path: Path): Draft => ({
  name: '',
  audienceKind: 'all',
  tagId: undefined,
  fanIds: [],
  listId: undefined,
  include: [],
  exclude: [],
  rule: undefined,
  path,
  contentKind: 'articles',
  articles: [],
  text: '',
  imageIds: [],
  recommend: '',
  voiceId: null,
  video: { mediaAssetId: null, title: '', description: '' },
  ignoreReprint: false,
  activityId: null,
})

/** `describe` tells title and cover of an article that the stored content only names. */
export function draftOf(
  broadcast: Broadcast,
  describe: (articleSetId: string, index: number) => Pick<ComposedArticle, 'title' | 'digest' | 'coverUrl'>,
  coverUrl: (mediaAssetId: string) => string,
): Draft {
  const { audience, content } = broadcast
  return {
    ...emptyDraft(broadcast.path),
    name: broadcast.name,
    ignoreReprint: broadcast.ignoreReprint,
    activityId: broadcast.activity?.id ?? null,
    audienceKind: audience.kind,
    ...(audience.kind === 'tag' && { tagId: audience.tagId }),
    ...(audience.kind === 'fans' && { fanIds: audience.fanIds }),
    ...(audience.kind === 'list' && { listId: audience.listId }),
    ...(audience.kind === 'segments' && { include: audience.include, exclude: audience.exclude }),
    ...(audience.kind === 'rule' && { rule: audience.rule }),
    contentKind: content.kind,
    ...(content.kind === 'text' && { text: content.text }),
    ...(content.kind === 'image' && { imageIds: content.mediaAssetIds, recommend: content.recommend ?? '' }),
    ...(content.kind === 'voice' && { voiceId: content.mediaAssetId }),
    ...(content.kind === 'video' && {
      video: {
        mediaAssetId: content.mediaAssetId,
        title: content.title,
        description: content.description,
      },
    }),
    ...(content.kind === 'articles' && {
      articles: content.articles.map((choice, place) => ({
        ...describe(choice.articleSetId, choice.index),
        ...choice,
        ...(choice.cover && { coverUrl: coverUrl(choice.cover.mediaAssetId) }),
        key: `${place}:${choice.articleSetId}:${choice.index}`,
      })),
    }),
  }
}

/** The audience as the server takes it; undefined while its choice is incomplete. */
export function audienceOf(draft: Draft): BroadcastAudience | undefined {
  switch (draft.audienceKind) {
    case 'all':
      return { kind: 'all' }
    case 'tag':
      return draft.tagId === undefined ? undefined : { kind: 'tag', tagId: draft.tagId }
    case 'fans':
      return draft.fanIds.length === 0 ? undefined : { kind: 'fans', fanIds: draft.fanIds }
    case 'list':
      return draft.listId === undefined ? undefined : { kind: 'list', listId: draft.listId }
    case 'segments':
      return draft.include.length === 0
        ? undefined
        : { kind: 'segments', include: draft.include, exclude: draft.exclude }
    case 'rule':
      return ruleSchema.safeParse(draft.rule).success && draft.rule !== undefined
        ? { kind: 'rule', rule: draft.rule }
        : undefined
  }
}

export function contentOf(draft: Draft): Content {
  switch (draft.contentKind) {
    case 'articles':
      return {
        kind: 'articles',
        articles: draft.articles.map(({ articleSetId, index, cover, kept }) => ({
          articleSetId,
          index,
          ...(cover && { cover }),
          ...(kept !== undefined && { kept }),
        })),
      }
    case 'text':
      return { kind: 'text', text: draft.text }
    case 'image':
      return {
        kind: 'image',
        mediaAssetIds: draft.imageIds,
        ...(draft.recommend.trim() !== '' && { recommend: draft.recommend.trim() }),
      }
    case 'voice':
      return { kind: 'voice', mediaAssetId: draft.voiceId }
    case 'video':
      return { kind: 'video', ...draft.video }
  }
}

/** Whether the content is complete enough to go on; the server checks all of it again. */
export function isContentReady(draft: Draft, articleHosts: readonly string[]): boolean {
  if (draft.contentKind === 'articles') return draft.articles.length > 0
  if (draft.contentKind === 'image') return draft.imageIds.length > 0
  if (draft.contentKind === 'voice') return checkMassVoice(draft.voiceId).length === 0
  if (draft.contentKind === 'video') return checkMassVideo(draft.video).length === 0
  return checkMassText(draft.text, articleHosts).length === 0
}

/** What is saved; undefined while there is no name or no audience. */
export function fieldsOf(draft: Draft): DraftFields | undefined {
  const audience = audienceOf(draft)
  const name = draft.name.trim()
  if (audience === undefined || name === '') return undefined
  const { path, ignoreReprint, activityId } = draft
  return { name, audience, content: contentOf(draft), path, ignoreReprint, activityId }
}
