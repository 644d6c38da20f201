import { stringifyBigJson } from '../../wechat/big-json.ts'
import * as api from '../../wechat/payloads/material.ts'
import type { Download, OfficialAccountClient, UploadFile } from './client.ts'

export type { MaterialItem, MediaKind } from '../../wechat/payloads/material.ts'

/** 临时素材: lives 3 days. */
export async function uploadTemporary(
  client: OfficialAccountClient,
  type: api.MediaKind,
  file: UploadFile,
): Promise<{ mediaId: string; createdAtSeconds: number }> {
  const reply = await client.upload(api.uploadTemporary, { input: { type }, file })
  return { mediaId: reply.media_id, createdAtSeconds: reply.created_at }
}

/** 永久素材. A video needs its title and introduction. */
export async function uploadPermanent(
  client: OfficialAccountClient,
  type: api.MediaKind,
  file: UploadFile,
  description?: { title: string; introduction: string },
): Promise<{ mediaId: string; url: string | undefined }> {
  const fields: Record<string, string> = description ? { description: stringifyBigJson(description) } : {}
  const reply = await client.upload(api.addMaterial, { input: { type }, file, fields })
  return { mediaId: reply.media_id, url: reply.url }
}

/** A picture for article bodies: JPG or PNG up to 1 MB; the URL is the only kind that bodies keep. */
export const uploadArticleImage = async (client: OfficialAccountClient, file: UploadFile): Promise<string> =>
  (await client.upload(api.uploadArticleImage, { input: {}, file })).url

export type MaterialContent = { file: Download } | { videoUrl: string }

export async function downloadTemporary(
  client: OfficialAccountClient,
  mediaId: string,
): Promise<MaterialContent> {
  const got = await client.download(api.getTemporary, { media_id: mediaId })
  return 'file' in got ? got : { videoUrl: got.reply.video_url }
}

export async function downloadPermanent(
  client: OfficialAccountClient,
  mediaId: string,
): Promise<MaterialContent> {
  const got = await client.download(api.getMaterial, { media_id: mediaId })
  return 'file' in got ? got : { videoUrl: got.reply.down_url }
}

/** What `videoUrl` of a material leads to. */
export const downloadFrom = (client: OfficialAccountClient, url: string): Promise<Download> =>
  client.fetch(url)

export async function deletePermanent(client: OfficialAccountClient, mediaId: string): Promise<void> {
  await client.call(api.deleteMaterial, { media_id: mediaId })
}

export async function countPermanent(
  client: OfficialAccountClient,
): Promise<{ image: number; voice: number; video: number; news: number }> {
  const counts = await client.call(api.countMaterial, {})
  return {
    image: counts.image_count,
    voice: counts.voice_count,
    video: counts.video_count,
    news: counts.news_count,
  }
}

/** Newest first, 1 to 20 a page. */
export async function listPermanent(
  client: OfficialAccountClient,
  page: { type: 'image' | 'voice' | 'video'; offset: number; count: number },
): Promise<{ total: number; items: api.MaterialItem[] }> {
  const { total_count, item } = await client.call(api.listMaterial, page)
  return { total: total_count, items: item }
}
