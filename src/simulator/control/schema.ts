import { z } from 'zod'
import { currentAutoReply } from '../../wechat/payloads/auto-reply.ts'
import { FAULT_KINDS } from '../faults/faults.ts'

const callback = z.object({
  url: z.url(),
  token: z.string().regex(/^[A-Za-z0-9]{3,32}$/),
  aesKey: z.string().regex(/^[A-Za-z0-9]{43}$/),
  mode: z.enum(['plain', 'compat', 'safe']),
})

const share = z.number().min(0).max(1)
const rates = z
  .object({
    read: share,
    readOriginal: share,
    share,
    favourite: share,
    like: share,
    comment: share,
    text: share,
    unfollow: share,
    follow: share,
    sendError: share,
    tap: share,
    answer: share,
    noticeBlocked: share,
    noticeFailed: share,
  })
  .partial()

const articleVerdict = z.object({
  declareState: z.literal([0, 1, 2]).optional(),
  auditState: z.number().int().min(0).optional(),
  canReprint: z.boolean().optional(),
  originalUrl: z.url().optional(),
  originalType: z.literal([1, 2, 3, 4]).optional(),
})

const settings = z
  .object({
    groupSendProtection: z.boolean(),
    commentRight: z.boolean(),
    ownerResults: z.boolean(),
    nextMass: z.array(
      z.object({
        status: z.string().optional(),
        checkState: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
        articles: z.array(articleVerdict).max(8).optional(),
      }),
    ),
    windowRules: z.enum(['2023', '2021']),
    paymentWindow: z.boolean(),
    miniPrograms: z.array(z.string()),
    life: z.object({ texts: share, taps: share, scans: share, accepts: share }),
    quality: z.array(z.object({ title: z.string(), read: z.number().min(0).max(10) })),
    statisticsDelay: z
      .object({ until: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/), days: z.array(z.iso.date()) })
      .partial()
      .optional(),
    latencyMs: z.number().int().min(0).max(10_000),
    nextPublish: z.array(z.number().int().min(0).max(6)),
    autoReplies: currentAutoReply,
    standing: z
      .enum(['secret-frozen', 'frozen', 'token-forbidden', 'irregular', 'protocol-not-agreed'])
      .optional(),
  })
  .partial()

const kind = z.enum(['service', 'subscription'])
const quotas = z.record(z.string(), z.number().int().min(0))

export const newAccount = z.object({
  appid: z.string().regex(/^wx[0-9a-z]{4,30}$/),
  secret: z.string().min(8).max(64),
  kind,
  verified: z.boolean().default(true),
  name: z.string().min(1).max(60),
  ghId: z.string().regex(/^gh_[0-9a-z_]{2,30}$/),
  openPlatform: z.string().min(1).max(60).optional(),
  fans: z.number().int().min(0).max(5_000_000).default(20_000),
  seed: z.number().int().min(0).default(1),
  drafts: z.number().int().min(0).max(2_000).default(30),
  articles: z.number().int().min(0).max(2_000).default(40),
  callback: callback.optional(),
  rates: rates.optional(),
  quotas: quotas.optional(),
  ipList: z.array(z.string()).optional(),
  settings: settings.optional(),
})

export const accountPatch = z.object({
  callback: callback.nullable().optional(),
  ipList: z.array(z.string()).optional(),
  secret: z.string().min(8).max(64).optional(),
  rates: rates.optional(),
  kind: kind.optional(),
  verified: z.boolean().optional(),
  quotas: quotas.optional(),
  settings: settings.optional(),
})

export const clockInput = z.object({ now: z.iso.datetime({ offset: true }) })

export const faultsInput = z.array(
  z.object({
    match: z.object({ path: z.string().optional(), appid: z.string().optional() }).default({}),
    kind: z.enum(FAULT_KINDS),
    ms: z.number().int().min(0).max(600_000).optional(),
    remaining: z.number().int().min(1).optional(),
    rate: share.optional(),
    errcode: z.number().int().optional(),
    errmsg: z.string().optional(),
  }),
)

export const ledgerQuery = z.object({
  appid: z.string().optional(),
  openid: z.string().optional(),
  /** One msg_id, or several with commas between. */
  msgId: z
    .string()
    .regex(/^\d+(,\d+)*$/)
    .optional(),
  kind: z.enum(['mass', 'preview', 'reply', 'custom', 'template', 'subscription']).optional(),
  after: z.string().regex(/^\d+$/).default('0'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

/** Newest first. */
export const pushesQuery = z.object({
  appid: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed', 'dropped']).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

export const fansQuery = z.object({
  appid: z.string(),
  q: z.string().max(100).default(''),
  after: z.string().regex(/^\d+$/).default('0'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const actInput = z.object({
  appid: z.string(),
  openid: z.string(),
  action: z.enum([
    'follow',
    'unfollow',
    'text',
    'menu',
    'msgmenu',
    'scan',
    'pay',
    'subscribe',
    'unsubscribe-template',
    'read',
    'share',
    'favourite',
    'like',
    'wow',
    'comment',
  ]),
  content: z.string().min(1).max(2_000).optional(),
  /** Where the follower comes from, an ADD_SCENE_… word. */
  scene: z.string().optional(),
  qrScene: z.string().optional(),
  /** The code that is scanned: by what its picture says or the picture's address, by its ticket, or by its scene. */
  url: z.string().max(1_000).optional(),
  ticket: z.string().max(200).optional(),
  /** The article: its address or key, or the msg_id that brought it and its place from 1. */
  article: z.string().optional(),
  msgId: z.string().regex(/^\d+$/).optional(),
  idx: z.number().int().min(1).default(1),
  /** Place of a button of the menu, and of the one below it. */
  button: z.array(z.number().int().min(0)).min(1).max(2).optional(),
  /** Item of a menu message (`msgId`), or of a menu link in a text (with `content`). */
  itemId: z.string().max(60).optional(),
  popup: z.enum(['h5', 'article', 'mini-program']).default('h5'),
  answers: z
    .array(z.object({ templateId: z.string(), accept: z.boolean() }))
    .min(1)
    .max(5)
    .optional(),
  templateId: z.string().optional(),
})

const draftOfOwner = { appid: z.string(), mediaId: z.string() }
export const ownerInput = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('mass'),
    appid: z.string(),
    /** Everybody where left out. */
    tagId: z.number().int().optional(),
    text: z.string().optional(),
    mediaId: z.string().optional(),
    ignoreReprint: z.boolean().default(false),
  }),
  z.object({
    action: z.literal('edit-draft'),
    ...draftOfOwner,
    /** The article's place from 1. */
    idx: z.number().int().min(1).max(8).default(1),
    title: z.string().optional(),
    content: z.string().optional(),
    /** A permanent picture. */
    cover: z.string().optional(),
    contractAd: z.boolean().optional(),
    uploadedVideo: z.boolean().optional(),
    /** False: WeChat saved it by itself, as somebody was typing. */
    saved: z.boolean().default(true),
  }),
  z.object({ action: z.literal('delete-draft'), ...draftOfOwner }),
  z.object({
    action: z.literal('menu'),
    appid: z.string(),
    /** As `get_current_selfmenu_info` shows them, with `sub_button` as a plain list and permanent material in `value`. */
    buttons: z
      .array(z.looseObject({ name: z.string() }))
      .min(1)
      .max(3),
  }),
])

export const chatQuery = z.object({ appid: z.string(), openid: z.string() })
export const articlesQuery = z.object({ appid: z.string(), msgDataId: z.string().regex(/^\d+$/).optional() })
export const codesQuery = z.object({ appid: z.string() })
export const jobsQuery = z.object({ appid: z.string() })
export const confirmInput = z.object({
  appid: z.string(),
  msgId: z.string().regex(/^\d+$/),
  accept: z.boolean(),
})

const shopUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, ''))
export const shopInput = z.object({
  appid: z.string(),
  /** Where it reports: an HTTP API that takes Segment's format, without a path. */
  url: shopUrl,
  writeKey: z.string().min(1).max(200),
  /** The dataset that takes its orders; null where it keeps them to itself. */
  ordersDataset: z.string().max(40).nullable().default(null),
  seed: z.string().min(1).max(60).default('1'),
  visitsPerHour: z.number().int().min(0).max(100_000).default(120),
  historyDays: z.number().int().min(0).max(365).default(60),
})
export const shopPatch = z.object({
  url: shopUrl.optional(),
  isOpen: z.boolean().optional(),
  visitsPerHour: z.number().int().min(0).max(100_000).optional(),
})
