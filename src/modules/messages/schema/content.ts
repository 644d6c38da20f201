import { z } from 'zod'
import { variables } from './variables.ts'

const id = z.string().regex(/^\d{1,19}$/)
const text = (most: number) => z.string().max(most).default('')
const asset = id.nullable().default(null)
/** Page of a mini program that the card or link opens. */
export const miniProgramTarget = z.object({ appId: text(32), path: text(1_024) })
export type MiniProgramTarget = z.infer<typeof miniProgramTarget>

const shared = { variables }

/**
 * 消息内容 to single people. Strings may hold placeholders `{{name}}` of `variables`. A draft may be incomplete anywhere:
 * `checkContent` says what is missing, and `resolveContent` refuses it.
 */
export const messageContent = z.discriminatedUnion('kind', [
  /** Plain text with line breaks; may hold `<a href="…">` and mini-program links. */
  z.object({ kind: z.literal('text'), text: text(20_000), ...shared }),
  z.object({ kind: z.literal('image'), mediaAssetId: asset, ...shared }),
  /** 图文到落地页. The picture is an address, or one of the images uploaded here. */
  z.object({
    kind: z.literal('news'),
    title: text(500),
    description: text(2_000),
    url: text(2_048),
    pictureUrl: text(2_048),
    pictureAssetId: asset,
    ...shared,
  }),
  /** 图文到公众号文章: one of the published articles synced from WeChat. */
  z.object({
    kind: z.literal('article'),
    articleSetId: id.nullable().default(null),
    index: z.number().int().min(0).max(7).default(0),
    ...shared,
  }),
  /** 菜单消息. A tap comes back as a menu tap with the item's id. */
  z.object({
    kind: z.literal('msgmenu'),
    head: text(2_000),
    items: z
      .array(z.object({ id: z.string().max(32), content: z.string().max(200) }))
      .max(20)
      .default([]),
    tail: text(2_000),
    ...shared,
  }),
  /** 小程序卡片. */
  z.object({
    kind: z.literal('mini-program'),
    title: text(500),
    ...miniProgramTarget.shape,
    thumbAssetId: asset,
    ...shared,
  }),
  z.object({ kind: z.literal('voice'), mediaAssetId: asset, ...shared }),
  z.object({
    kind: z.literal('video'),
    mediaAssetId: asset,
    thumbAssetId: asset,
    title: text(500),
    description: text(2_000),
    ...shared,
  }),
  z.object({
    kind: z.literal('music'),
    title: text(500),
    description: text(2_000),
    musicUrl: text(2_048),
    hqMusicUrl: text(2_048),
    thumbAssetId: asset,
    ...shared,
  }),
  /** 模板消息. With both targets the phone opens the mini program. */
  z.object({
    kind: z.literal('template'),
    templateId: id.nullable().default(null),
    /** By key of the template's field. */
    fields: z.record(z.string().max(64), z.string().max(2_000)).default({}),
    url: text(2_048),
    miniProgram: miniProgramTarget.nullable().default(null),
    ...shared,
  }),
  /** 订阅通知. */
  z.object({
    kind: z.literal('subscription'),
    templateId: id.nullable().default(null),
    fields: z.record(z.string().max(64), z.string().max(2_000)).default({}),
    page: text(2_048),
    miniProgram: miniProgramTarget.nullable().default(null),
    ...shared,
  }),
])
export type MessageContent = z.infer<typeof messageContent>
export type MessageKind = MessageContent['kind']
export type ContentOf<K extends MessageKind> = Extract<MessageContent, { kind: K }>

export type MessageChannel = 'customer-service' | 'template' | 'subscription'
export const CUSTOMER_SERVICE_KINDS = [
  'text',
  'image',
  'news',
  'article',
  'msgmenu',
  'mini-program',
  'voice',
  'video',
  'music',
] as const satisfies readonly MessageKind[]
export type CustomerServiceKind = (typeof CUSTOMER_SERVICE_KINDS)[number]

export const channelOf = (kind: MessageKind): MessageChannel =>
  kind === 'template' || kind === 'subscription' ? kind : 'customer-service'

/** An empty message of a kind, as a form begins with it. */
export const emptyContent = (kind: MessageKind): MessageContent => messageContent.parse({ kind })
