import * as api from '../../wechat/payloads/mass.ts'
import { isWechatError } from '../wechat-api/wechat-error.ts'
import type { OfficialAccountClient } from './client.ts'

export type { MassContent, MassStatus } from '../../wechat/payloads/mass.ts'

export type MassTarget =
  | { readonly to: 'list'; readonly openIds: readonly string[] }
  | { readonly to: 'tag'; readonly tagId: number }
  | { readonly to: 'all' }

export type MassSubmission = {
  /** Undefined only for a repeat whose answer did not name the job. */
  readonly msgId: string | undefined
  /** For articles: the key of their statistics and comments. */
  readonly msgDataId: string | undefined
  /** The platform had taken this `clientMsgId` before (45065): one job, submitted once. */
  readonly repeated: boolean
}

/**
 * Submits a mass send; its result comes later. With the same `clientMsgId` within 24 h the platform takes it once, so
 * an ambiguous failure may be repeated with the same arguments. Throws WechatError.
 */
export async function submitMass(
  client: OfficialAccountClient,
  send: {
    target: MassTarget
    content: api.MassContent
    clientMsgId: string
    /** Send also where the originality check finds a permitted reprint; otherwise the job stops. */
    allowReprint: boolean
  },
): Promise<MassSubmission> {
  const options = { send_ignore_reprint: send.allowReprint ? 1 : 0, clientmsgid: send.clientMsgId } as const
  const { target, content } = send
  try {
    const reply =
      target.to === 'list'
        ? await client.call(api.massSend, { touser: [...target.openIds], ...content, ...options })
        : await client.call(api.massSendAll, { filter: filterOf(target), ...content, ...options })
    return { msgId: reply.msg_id, msgDataId: reply.msg_data_id, repeated: false }
  } catch (error) {
    if (!isWechatError(error) || error.kind !== 'duplicate') throw error
    const earlier = api.massDuplicate.safeParse(error.reply)
    return { msgId: earlier.data?.msg_id, msgDataId: earlier.data?.msg_data_id, repeated: true }
  }
}

/** 预览: costs no quota; by WeChat id 100 a day, and only to a follower. */
export async function previewMass(
  client: OfficialAccountClient,
  target: { openId: string } | { wechatId: string },
  content: api.MassContent,
): Promise<void> {
  const receiver = 'openId' in target ? { touser: target.openId } : { towxname: target.wechatId }
  await client.call(api.massPreview, { ...receiver, ...content })
}

/** The state of a job whose result callback did not come. */
export const getMassStatus = async (client: OfficialAccountClient, msgId: string): Promise<api.MassStatus> =>
  (await client.call(api.massGet, { msg_id: msgId })).msg_status

/** Articles and videos sent by API only. `position` counts from 1; without it all articles go. */
export async function deleteMass(
  client: OfficialAccountClient,
  msgId: string,
  position?: number,
): Promise<void> {
  await client.call(api.massDelete, { msg_id: msgId, article_idx: position ?? 0 })
}

/** 0…4 is 800, 600, 450, 300, 100 thousand a minute; `realSpeed` is in ten thousands. */
export async function getMassSpeed(
  client: OfficialAccountClient,
): Promise<{ speed: number; realSpeed: number }> {
  const { speed, realspeed } = await client.call(api.massGetSpeed, {})
  return { speed, realSpeed: realspeed }
}

export async function setMassSpeed(client: OfficialAccountClient, speed: number): Promise<void> {
  await client.call(api.massSetSpeed, { speed })
}

/** The media id that a video in a mass send needs, from that of an uploaded one. */
export const prepareMassVideo = async (
  client: OfficialAccountClient,
  video: { mediaId: string; title: string; description: string },
): Promise<string> =>
  (
    await client.call(api.uploadMassVideo, {
      media_id: video.mediaId,
      title: video.title,
      description: video.description,
    })
  ).media_id

const filterOf = (target: Exclude<MassTarget, { to: 'list' }>) =>
  target.to === 'all' ? { is_to_all: true } : { is_to_all: false, tag_id: target.tagId }
