import { z } from 'zod'
import {
  LONGEST_LIFE_SECONDS,
  LONGEST_SCENE,
  SHORTEST_LIFE_SECONDS,
} from '../../../wechat/rules/scene-limits.ts'
import { answerProblem, answerSchema } from '../../auto-replies/schema.ts'

export const id = z.string().regex(/^\d{1,19}$/)
export const codeName = z.string().trim().min(1).max(60)
export const labelName = z.string().trim().min(1).max(30)
export const MOST_IN_BATCH = 1_000
export const MOST_PICTURES = 200

/** 临时, 永久; known 已有: made elsewhere, and only listened to. */
export const codeLife = z.enum(['temporary', 'permanent', 'known'])
export type CodeLife = z.infer<typeof codeLife>
/** waiting: WeChat has not made it yet. */
export const codeState = z.enum(['waiting', 'ready', 'failed'])
export type CodeState = z.infer<typeof codeState>

/** 场景值: what a scan says; a number or a text at WeChat, the same text to us. */
export const scene = z.object({ text: z.string().min(1).max(LONGEST_SCENE), isNumber: z.boolean() })
export type Scene = z.infer<typeof scene>

export const codeFigures = z.object({
  /** Scans of any kind, follows by the code with them. */
  scans: z.number().int(),
  /** Each fan once. */
  people: z.number().int(),
  newFollows: z.number().int(),
  /** Follows of people who had left before. */
  backFollows: z.number().int(),
  /** Of those who followed by it the first time they scanned it. */
  stillFollowing: z.number().int(),
})
export type CodeFigures = z.infer<typeof codeFigures>

/** 带参数二维码. */
export const qrCode = z.object({
  id,
  accountId: id,
  name: z.string(),
  folderId: id.nullable(),
  placementId: id.nullable(),
  life: codeLife,
  scene,
  lifeSeconds: z.number().int().nullable(),
  state: codeState,
  /** Why WeChat did not make it, or not anew; the kind and advice of its code. */
  problem: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
  /** What the picture says; null before it is made and of known ones. */
  url: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  /** The stable page that shows whatever code is good now; null of known ones. */
  pageUrl: z.string().nullable(),
  hasLogo: z.boolean(),
  /** Whether a scan is answered. */
  hasAnswer: z.boolean(),
  /** The rule that says it, which other codes may share. */
  replyRuleId: id.nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  archivedAt: z.iso.datetime().nullable(),
  figures: codeFigures,
})
export type QrCode = z.infer<typeof qrCode>
/** One code with what answers its scans. */
export const qrCodeDetail = qrCode.extend({
  answer: answerSchema.nullable(),
  /** What is wrong with it as things stand now. */
  answerProblems: z.array(answerProblem),
  /** How many codes have the same answer, this one with them; 0 without. */
  answerShared: z.number().int(),
})
export type QrCodeDetail = z.infer<typeof qrCodeDetail>

const lifeSeconds = z.number().int().min(SHORTEST_LIFE_SECONDS).max(LONGEST_LIFE_SECONDS)
const filed = { folderId: id.nullable().default(null), placementId: id.nullable().default(null) }
/** What a scan is answered with, and what it gives and takes; one for all codes of a batch. */
const answer = answerSchema.nullable().default(null)
/** The picture in the middle, as uploaded before. */
export const logoKey = z.string().regex(/^[0-9a-f]{64}$/)

const lives = {
  life: z.enum(['temporary', 'permanent']),
  /** Of temporary ones only. */
  lifeSeconds: lifeSeconds.nullable().default(null),
}
const livesTell = ({ life, lifeSeconds: seconds }: { life: string; lifeSeconds?: number | null }) =>
  (life === 'temporary') === (seconds !== null && seconds !== undefined)

export const newCode = z
  .object({
    name: codeName,
    life: codeLife,
    lifeSeconds: lifeSeconds.nullable().default(null),
    /** Ours where left out; known ones have to say theirs. */
    scene: scene.nullable().default(null),
    ...filed,
    logo: logoKey.nullable().default(null),
    answer,
  })
  .refine(livesTell, 'life_seconds_of_temporary_only')
  .refine(({ life, scene: own }) => life !== 'known' || own !== null, 'scene_missing')
export type NewCode = z.output<typeof newCode>

export const MOST_CODE_TAGS = 20
/** One of a batch: with a placement and a folder by name, made where there is none, and tags of its own beside the answer’s. */
export const batchCode = z.object({
  name: codeName,
  scene: scene.nullable().default(null),
  placement: labelName.nullable().default(null),
  folder: labelName.nullable().default(null),
  tagIds: z.array(id).max(MOST_CODE_TAGS).default([]),
})
export type BatchCode = z.output<typeof batchCode>

export const codeBatch = z
  .object({
    codes: z.array(batchCode).min(1).max(MOST_IN_BATCH),
    ...lives,
    ...filed,
    logo: logoKey.nullable().default(null),
    answer,
  })
  .refine(livesTell, 'life_seconds_of_temporary_only')
export type CodeBatch = z.output<typeof codeBatch>

export const LINE_PROBLEMS = [
  'name',
  'scene',
  'scene_twice',
  'scene_taken',
  'placement',
  'folder',
  'tag',
  'tags_many',
] as const
/** What a file of codes comes to; nothing is made yet. */
export const codesFile = z.object({
  codes: z.array(batchCode),
  /** Lines that can’t be taken, the heading being the first and blank ones not counted. */
  wrong: z.array(z.object({ line: z.number().int(), what: z.enum(LINE_PROBLEMS), value: z.string() })),
  /** There are none of these names yet. */
  newPlacements: z.array(z.string()),
  newFolders: z.array(z.string()),
  /** Columns that mean nothing here. */
  ignored: z.array(z.string()),
})
export type CodesFile = z.infer<typeof codesFile>

export const codeEdit = z.object({
  name: codeName,
  folderId: id.nullable(),
  placementId: id.nullable(),
  /** Left out: as it is. */
  logo: logoKey.nullable().optional(),
  /** Left out: as it is. `shared`: of all codes that have this one’s answer; `own`: of this one, and the others keep theirs. */
  answer: answerSchema.nullable().optional(),
  answerOf: z.enum(['shared', 'own']).default('own'),
})
export type CodeEdit = z.output<typeof codeEdit>

/** 文件夹, or 渠道 (where the codes hang); with how many codes. */
export const label = z.object({ id, name: z.string(), codes: z.number().int() })
export type Label = z.infer<typeof label>
export type LabelKind = 'folder' | 'placement'

export const PICTURE_SIZES = [258, 344, 430, 860, 1280] as const
export const pictureSize = z.coerce
  .number()
  .int()
  .refine((size) => (PICTURE_SIZES as readonly number[]).includes(size), 'picture_size')
export const pictureFormat = z.enum(['png', 'svg'])

export const how = z.enum(['new', 'back', 'fan'])
export const codeScan = z.object({
  fanId: id,
  contactId: id,
  name: z.string().nullable(),
  openid: z.string(),
  how,
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  scans: z.number().int(),
  following: z.boolean(),
})
export type CodeScan = z.infer<typeof codeScan>

export const codeDay = z.object({
  day: z.iso.date(),
  scans: z.number().int(),
  newFollows: z.number().int(),
  backFollows: z.number().int(),
})
export type CodeDay = z.infer<typeof codeDay>

export const MOST_CONVERSION_DAYS = 90
export const MOST_CONVERSION_PEOPLE = 50_000
/** What people of one kind did after they scanned. */
export const converted = z.object({
  how,
  people: z.number().int(),
  converted: z.number().int(),
  /** One person may do several. */
  events: z.number().int(),
})
export type Converted = z.infer<typeof converted>

/** What a placement brought; null: the codes that hang nowhere. */
export const placementFigures = codeFigures.extend({
  id: id.nullable(),
  name: z.string().nullable(),
  codes: z.number().int(),
})
export type PlacementFigures = z.infer<typeof placementFigures>
