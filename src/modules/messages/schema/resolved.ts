import type { CustomerServiceMessage } from '../../../wechat/payloads/customer-service.ts'
import type { MessageChannel } from './content.ts'
import type { Variables } from './variables.ts'

/** Field of a template as the rules need it; the templates module keeps them in this shape. */
export type TemplateField = { key: string; type: string; name: string; values: string[] | null }

export type { CustomerServiceMessage }

/** A customer-service message of ours: every place that may be left out is there, and a card is exactly one. */
export type PreparedMessage =
  | { msgtype: 'text'; text: { content: string } }
  | { msgtype: 'image'; image: { media_id: string } }
  | { msgtype: 'voice'; voice: { media_id: string } }
  | {
      msgtype: 'video'
      video: { media_id: string; thumb_media_id: string; title: string; description: string }
    }
  | {
      msgtype: 'music'
      music: {
        title: string
        description: string
        musicurl: string
        hqmusicurl: string
        thumb_media_id: string
      }
    }
  | {
      msgtype: 'news'
      news: { articles: [{ title: string; description: string; url: string; picurl: string }] }
    }
  | { msgtype: 'mpnewsarticle'; mpnewsarticle: { article_id: string } }
  | {
      msgtype: 'msgmenu'
      msgmenu: { head_content: string; list: { id: string; content: string }[]; tail_content: string }
    }
  | {
      msgtype: 'miniprogrampage'
      miniprogrampage: { title: string; appid: string; pagepath: string; thumb_media_id: string }
    }

type Target = { appid: string; pagepath: string }
type Data = Record<string, { value: string }>

/**
 * Content with everything looked up (media ids, addresses, template) and placeholders still in it: what a version of a send
 * keeps. Nothing else is needed to make a message of it but the person's values.
 */
export type ResolvedContent = {
  /** The kind it was written as. */
  kind: string
  channel: MessageChannel
  variables: Variables
} & (
  | { channel: 'customer-service'; message: PreparedMessage }
  | {
      channel: 'template'
      template: ResolvedTemplate
      fields: Record<string, string>
      url: string
      miniProgram: Target | null
    }
  | {
      channel: 'subscription'
      template: ResolvedTemplate
      fields: Record<string, string>
      page: string
      miniProgram: Target | null
    }
)

export type ResolvedTemplate = {
  /** Our row; `wechatId` is what the platform calls it. */
  id: string
  wechatId: string
  title: string
  fingerprint: string
  family: 'category' | 'industry' | null
  fields: TemplateField[]
}

/** One message to one person, complete but for the person's openid and a key. */
export type OutgoingMessage =
  | { channel: 'customer-service'; message: CustomerServiceMessage }
  | { channel: 'template'; templateId: string; url?: string; miniprogram?: Target; data: Data }
  | { channel: 'subscription'; templateId: string; page?: string; miniprogram?: Target; data: Data }

/** A value as it was read; instants as ISO text, items of a list joined by `、`. Null: the person has none. */
export type RawValue = string | number | boolean | null
/** By name of the variable. */
export type Values = Record<string, RawValue>

/** What a send must look up for every person: only sources that depend on who it is. */
export type Needs = {
  personName: boolean
  accountName: boolean
  attributes: string[]
  eventProperties: string[]
  /** Dataset key → fields. */
  rows: Record<string, string[]>
  variables: Variables
}

/** Why a person's values don't make a message; stable codes that deliveries keep as reasons. */
export const RENDER_REASONS = [
  'variable_missing',
  'field_invalid',
  'content_too_long',
  'content_empty',
  'link_invalid',
] as const
export type RenderReason = (typeof RENDER_REASONS)[number]
export type RenderProblem = {
  ok: false
  reason: RenderReason
  /** Which place, what stood there, and which rule it broke. */
  detail: { field: string; value: string; rule: string }
}
export type Rendered = { ok: true; message: OutgoingMessage } | RenderProblem

/** A link of a message that can be followed per person; `index` is what `tie` gets when it is rendered. */
export type ContentLink = { index: number; kind: 'web' | 'mini-program'; url: string; label: string }
/** Puts an address or path of one's own in the place of a link. */
export type Tie = (url: string, index: number, kind: ContentLink['kind']) => string
