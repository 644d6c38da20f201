import { z } from 'zod'
import { personFilter } from '../../contacts/schema.ts'

export const id = z.string().regex(/^\d{1,19}$/)
/** WeChat counts characters, an emoji as one; so does the database for our own. */
export const tagName = z
  .string()
  .trim()
  .min(1)
  .refine((name) => [...name].length <= 30, { message: 'at most 30 characters' })
/** People that one request may name by id; more come from a filter or a segment. */
export const MAX_NAMED = 1_000
/** Tags that one change gives or takes. */
export const MAX_CHANGED = 50

/** 微信标签: a tag kept at WeChat, with its count there beside what we know. */
export const wechatTag = z.object({
  tagId: z.number().int(),
  name: z.string(),
  /** Fans with the tag as WeChat counts them, at the last sync. */
  platformCount: z.number().int(),
  /** Followers with the tag as we know them now. */
  memberCount: z.number().int(),
  syncedAt: z.iso.datetime(),
  /** The own tag it is kept in step with. */
  link: z.object({ linkId: z.string(), tagId: z.string(), name: z.string() }).nullable(),
})
export type WechatTag = z.infer<typeof wechatTag>

/** 同步到微信标签: an own tag and a WeChat tag of one account kept in step. */
export const tagLink = z.object({
  id: z.string(),
  tagId: z.string(),
  accountId: z.string(),
  wechatTagId: z.number().int(),
  wechatName: z.string(),
  /** `comparing` right after it was made; `broken` when WeChat no longer has the tag. */
  state: z.enum(['comparing', 'linked', 'broken']),
  /** Changes WeChat has not been told of yet, and those it refused. */
  waiting: z.number().int(),
  refused: z.number().int(),
})
export type TagLink = z.infer<typeof tagLink>

/** 自有标签, with the people who carry it. */
export const ownTag = z.object({
  id: z.string(),
  groupId: z.string().nullable(),
  name: z.string(),
  members: z.number().int(),
  createdAt: z.iso.datetime(),
  links: z.array(tagLink),
})
export type OwnTag = z.infer<typeof ownTag>

export const tagGroup = z.object({ id: z.string(), name: z.string(), tags: z.number().int() })
export type TagGroup = z.infer<typeof tagGroup>

/** Whose tags change: named people, those a filter of the people list fits, or the members of a snapshot. */
export const people = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('contacts'), contactIds: z.array(id).min(1).max(MAX_NAMED) }),
  z.object({ kind: z.literal('filter'), filter: personFilter }),
  z.object({ kind: z.literal('snapshot'), snapshotId: id }),
])
export type People = z.infer<typeof people>

const tagIds = z.array(id).max(MAX_CHANGED).default([])
export const tagChange = z
  .object({ people, give: tagIds, take: tagIds })
  .refine(({ give, take }) => give.length + take.length > 0, { message: 'nothing to give or take' })
  .refine(({ give, take }) => !give.some((one) => take.includes(one)), {
    message: 'a tag is both given and taken',
  })

const wechatIds = z.array(z.number().int().min(0)).max(MAX_CHANGED).default([])
export const wechatTagChange = z
  .object({ people, give: wechatIds, take: wechatIds })
  .refine(({ give, take }) => give.length + take.length > 0, { message: 'nothing to give or take' })
  .refine(({ give, take }) => !give.some((one) => take.includes(one)), {
    message: 'a tag is both given and taken',
  })

/** How far giving and taking is, and what became of it by outcome. */
export const tagRun = z.object({
  id: z.string(),
  accountId: z.string().nullable(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  done: z.number().int(),
  total: z.number().int().nullable(),
  error: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
  /** `given`, `taken`, `unchanged`, or why WeChat refused. */
  results: z.array(z.object({ outcome: z.string(), people: z.number().int() })),
  /** Changes still to be told to WeChat; a failed run goes on with them. */
  waiting: z.number().int(),
})
export type TagRun = z.infer<typeof tagRun>

export const CONFLICT_REASONS = [
  'fan_full',
  'not_following',
  'not_a_fan',
  'tag_gone',
  'refused',
  'renamed',
  'deleted',
] as const
/** Both sides differ and stay so until someone decides. */
export const tagConflict = z.object({
  reason: z.enum(CONFLICT_REASONS),
  link: z.object({ linkId: z.string(), tagId: z.string(), name: z.string() }).nullable(),
  wechatTagId: z.number().int(),
  wechatName: z.string().nullable(),
  /** Fans it is about; 0 where it is about the tag. */
  fans: z.number().int(),
  /** Some of them. */
  examples: z.array(z.object({ fanId: z.string(), contactId: z.string(), give: z.boolean() })),
})
export type TagConflict = z.infer<typeof tagConflict>
