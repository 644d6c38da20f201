import { z } from 'zod'
import { number, optionalText, text } from './fields.ts'

const common = { MsgId: z.string().min(1), MsgDataId: optionalText, Idx: optionalText }

const messageBodies = {
  text: z.object({ ...common, Content: text, bizmsgmenuid: optionalText }).transform((m) => ({
    ...origin(m),
    type: 'text' as const,
    content: m.Content,
    /** Set when the fan tapped an item of a menu message, which counts as a menu click. */
    menuMessageItem: m.bizmsgmenuid,
  })),
  image: z.object({ ...common, PicUrl: text, MediaId: text }).transform((m) => ({
    ...origin(m),
    type: 'image' as const,
    pictureUrl: m.PicUrl,
    mediaId: m.MediaId,
  })),
  voice: z
    .object({ ...common, MediaId: text, Format: text, MediaId16K: optionalText, Recognition: optionalText })
    .transform((m) => ({
      ...origin(m),
      type: 'voice' as const,
      mediaId: m.MediaId,
      format: m.Format,
      mediaId16k: m.MediaId16K,
      recognition: m.Recognition,
    })),
  video: z.object({ ...common, MediaId: text, ThumbMediaId: text }).transform((m) => ({
    ...origin(m),
    type: 'video' as const,
    mediaId: m.MediaId,
    thumbMediaId: m.ThumbMediaId,
  })),
  location: z
    .object({ ...common, Location_X: number, Location_Y: number, Scale: number, Label: text })
    .transform((m) => ({
      ...origin(m),
      type: 'location' as const,
      latitude: m.Location_X,
      longitude: m.Location_Y,
      scale: m.Scale,
      label: m.Label,
    })),
  link: z.object({ ...common, Title: text, Description: text, Url: text }).transform((m) => ({
    ...origin(m),
    type: 'link' as const,
    title: m.Title,
    description: m.Description,
    url: m.Url,
  })),
}

/** 普通消息 by the platform's MsgType; a short video is read as a video. */
export const messageSchemas = { ...messageBodies, shortvideo: messageBodies.video }

export type MessageBody = {
  [K in keyof typeof messageBodies]: z.output<(typeof messageBodies)[K]>
}[keyof typeof messageBodies]

/** The message's id, and the article it was sent from where it was. */
const origin = (m: { MsgId: string; MsgDataId?: string | undefined; Idx?: string | undefined }) => ({
  msgId: m.MsgId,
  fromArticle: m.MsgDataId ? { msgDataId: m.MsgDataId, index: Number(m.Idx ?? 0) } : undefined,
})
