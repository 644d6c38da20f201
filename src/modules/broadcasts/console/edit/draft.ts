import type { BodyInputOf } from '../../../../kernel/endpoint.ts'
import { checkMassText, checkMassVideo, checkMassVoice } from '../../../../wechat/rules/content-limits.ts'
import { type Rule, ruleSchema } from '../../../segments/schema.ts'
import type {
  Broadcast,
  Content,
  createBroadcastEndpoint,
  Group,
  GroupAudience,
  MissedPolicy,
  Path,
  Timing,
} from '../../schema.ts'
import { articlesContent, type ComposedArticle, composedOf, type Faces } from './composed.ts'
import { isTestReady, type TestForm, testFormOf, testOf } from './experiment/test-form.ts'

export type { ComposedArticle } from './composed.ts'

/**
 * What the form holds of one group: every kind of audience and content at once, so that trying another kind loses nothing.
 */
export type Draft = {
  /** Stays the same wherever the group is moved to. */
  key: string
  name: string
  audienceKind: GroupAudience['kind']
  tagId: number | undefined
  fanIds: string[]
  listId: string | undefined
  include: string[]
  exclude: string[]
  /** WeChat tags beside the segments. */
  tags: number[]
  excludeTags: number[]
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
  missed: MissedPolicy
  /** Of 分组定时; null at once. */
  sendAt: string | null
  /** 对照组, in ten-thousandths. */
  holdout: number
  /** A/B 测试, in place of the content. */
  test: TestForm | null
}

/** The whole send: the first group gives it its name. */
export type Form = { groups: Draft[]; timing: Timing['kind']; at: string | null }

export type DraftFields = BodyInputOf<typeof createBroadcastEndpoint>

let keys = 0

export const emptyDraft = (path: Path): Draft => ({
  key: `g${++keys}`,
  name: '',
  audienceKind: 'all',
  tagId: undefined,
  fanIds: [],
  listId: undefined,
  include: [],
  exclude: [],
  tags: [],
  excludeTags: [],
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
  missed: 'ask',
  sendAt: null,
  holdout: 0,
  test: null,
})

export const emptyForm = (first: Draft): Form => ({ groups: [first], timing: 'now', at: null })

export function formOf(broadcast: Broadcast, faces: Faces): Form {
  const { groups, timing } = broadcast
  return {
    groups: groups.map((group) => ({
      ...draftOf(group, faces),
      ...(group.place === 0 && { name: broadcast.name }),
    })),
    timing: timing.kind,
    at: timing.kind === 'at' ? timing.at : null,
  }
}

export function draftOf(group: Group, faces: Faces): Draft {
  const { audience } = group
  const [arm] = group.arms
  const content = arm?.content ?? { kind: 'text', text: '' }
  return {
    ...emptyDraft(group.path),
    name: group.name,
    ignoreReprint: group.ignoreReprint,
    activityId: group.activity?.id ?? null,
    missed: group.missed,
    sendAt: arm?.sendAt ?? null,
    holdout: group.holdout,
    test: testFormOf(group, faces),
    audienceKind: audience.kind,
    ...(audience.kind === 'tag' && { tagId: audience.tagId }),
    ...(audience.kind === 'fans' && { fanIds: audience.fanIds }),
    ...(audience.kind === 'list' && { listId: audience.listId }),
    ...(audience.kind === 'segments' && {
      include: audience.include,
      exclude: audience.exclude,
      tags: audience.tags ?? [],
      excludeTags: audience.excludeTags ?? [],
    }),
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
      articles: composedOf(content, faces),
    }),
  }
}

/** The audience as the server takes it; undefined while its choice is incomplete. */
export function audienceOf(draft: Draft): GroupAudience | undefined {
  switch (draft.audienceKind) {
    case 'remaining':
    case 'all':
      return { kind: draft.audienceKind }
    case 'tag':
      return draft.tagId === undefined ? undefined : { kind: 'tag', tagId: draft.tagId }
    case 'fans':
      return draft.fanIds.length === 0 ? undefined : { kind: 'fans', fanIds: draft.fanIds }
    case 'list':
      return draft.listId === undefined ? undefined : { kind: 'list', listId: draft.listId }
    case 'segments':
      return draft.include.length + draft.tags.length === 0 ? undefined : chosenOf(draft)
    case 'rule':
      return ruleSchema.safeParse(draft.rule).success && draft.rule !== undefined
        ? { kind: 'rule', rule: draft.rule }
        : undefined
  }
}

const chosenOf = ({ include, exclude, tags, excludeTags }: Draft) => ({
  kind: 'segments' as const,
  include,
  exclude,
  ...(tags.length > 0 && { tags }),
  ...(excludeTags.length > 0 && { excludeTags }),
})

export function contentOf(draft: Draft): Content {
  switch (draft.contentKind) {
    case 'articles':
      return articlesContent(draft.articles)
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
  if (draft.test !== null) return isTestReady(draft.test)
  if (draft.contentKind === 'articles') return draft.articles.length > 0
  if (draft.contentKind === 'image') return draft.imageIds.length > 0
  if (draft.contentKind === 'voice') return checkMassVoice(draft.voiceId).length === 0
  if (draft.contentKind === 'video') return checkMassVideo(draft.video).length === 0
  return checkMassText(draft.text, articleHosts).length === 0
}

/** Whether a group says whom it is for, and is called something. */
export const isGroupReady = (draft: Draft): boolean =>
  draft.name.trim() !== '' && audienceOf(draft) !== undefined

/** 随机分组: the group at `place` gets the first part, and new groups with the same message the others. */
export function splitInto(
  groups: readonly Draft[],
  place: number,
  parts: readonly { id: string; name: string }[],
): Draft[] {
  return groups.flatMap((group, one) =>
    one !== place
      ? [group]
      : parts.map(({ id, name }, part) => ({
          ...group,
          ...(part > 0 && { key: emptyDraft(group.path).key, name }),
          include: [id],
        })),
  )
}

/** What is saved; undefined while a group has no name or no audience, or a time or a share is not chosen. */
export const fieldsOf = (form: Form): DraftFields | undefined =>
  form.groups.every(isGroupReady) ? savedOf(form, (draft) => draft) : undefined

/**
 * What is kept of a form that isn't complete yet: a group without a name is called `unnamed`, one without people is kept as
 * one whose segments are not chosen. Undefined where the account can't send to segments at all, or a test isn't complete.
 */
export const keptOf = (form: Form, unnamed: string): DraftFields | undefined =>
  savedOf({ ...form, ...(form.timing === 'at' && form.at === null && { timing: 'now' }) }, (draft) => ({
    ...draft,
    name: draft.name.trim() === '' ? unnamed : draft.name,
  }))

function savedOf({ groups, timing: kind, at }: Form, fill: (draft: Draft) => Draft): DraftFields | undefined {
  const timing = kind === 'at' ? at !== null && { kind, at } : { kind }
  if (timing === false) return undefined
  const saved = groups.map(fill).flatMap((draft) => {
    const { path, ignoreReprint, activityId, missed, sendAt, holdout } = draft
    const test = draft.test && testOf(draft.test)
    const audience = audienceOf(draft) ?? (path === 'list' ? chosenOf(draft) : undefined)
    if (audience === undefined || test === undefined) return []
    return [
      {
        name: draft.name.trim(),
        audience,
        content: test === null ? contentOf(draft) : null,
        test,
        holdout,
        path,
        ignoreReprint,
        activityId,
        missed,
        sendAt: kind === 'each' ? sendAt : null,
      },
    ]
  })
  const [first] = saved
  return first !== undefined && saved.length === groups.length
    ? { name: first.name, groups: saved, timing }
    : undefined
}

/** The articles of a group, or of one variant of its test. */
export const articlesIn = ({ test, articles }: Draft, variant: number | null): ComposedArticle[] =>
  variant === null ? articles : (test?.variants[variant]?.articles ?? [])

export function withArticles(draft: Draft, variant: number | null, articles: ComposedArticle[]): Draft {
  if (variant === null || draft.test === null) return { ...draft, articles }
  const variants = draft.test.variants.map((one, place) => (place === variant ? { ...one, articles } : one))
  return { ...draft, test: { ...draft.test, variants } }
}

/** What the phone shows: of a tested group one of its variants. */
export const shownOf = (draft: Draft, variant: number): Draft =>
  draft.test === null ? draft : { ...draft, contentKind: 'articles', articles: articlesIn(draft, variant) }
