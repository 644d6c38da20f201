import { prepareMassVideo } from '../../channels/official-account/mass.ts'
import type { OfficialAccountClient } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { AppError, assert, conflict, invalid } from '../../kernel/errors.ts'
import type { MassContent } from '../../wechat/payloads/mass.ts'
import {
  checkMassPictures,
  checkMassText,
  checkMassVideo,
  checkMassVoice,
} from '../../wechat/rules/content-limits.ts'
import { ARTICLE_HOSTS } from '../../wechat/rules/text-links.ts'
import {
  changedSources,
  getMediaAsset,
  mediaMaterial,
  resolveArticles,
  type SourceCheck,
  usableIn,
} from '../contents/index.ts'
import { listLinkedAppIds, unboundAppIds } from '../mini-programs/index.ts'
import type { Content } from './schema.ts'
import type { FrozenContent } from './store/groups.ts'

type Problem = {
  reason: string
  field: string
  limit?: number | undefined
  actual?: number | undefined
  appid?: string
  name?: string
}

/** Everything that WeChat would refuse about the content, before anything is sent. */
export async function contentProblems(ctx: Ctx, accountId: string, content: Content): Promise<Problem[]> {
  switch (content.kind) {
    case 'text':
      return [
        ...checkMassText(content.text, articleHosts(ctx)),
        ...(await miniProgramProblems(ctx, accountId, content.text)),
      ]
    case 'image':
      return [
        ...checkMassPictures(content.mediaAssetIds),
        ...(await pictureProblems(ctx, accountId, content.mediaAssetIds)),
      ]
    case 'voice':
      return [...checkMassVoice(content.mediaAssetId), ...(await recordingProblems(ctx, accountId, content))]
    case 'video':
      return [...checkMassVideo(content), ...(await recordingProblems(ctx, accountId, content))]
    case 'articles':
      return problemsOf(async () => {
        await resolveArticles(ctx, accountId, content.articles)
        return []
      })
  }
}

/** Mini programs that the text links to have to be bound here and linked to the account at WeChat. */
async function miniProgramProblems(ctx: Ctx, accountId: string, text: string): Promise<Problem[]> {
  const unbound = unboundAppIds(text, await listLinkedAppIds(ctx, accountId))
  return unbound.map((appid) => ({ field: 'text', reason: 'mini_program_not_bound', appid }))
}

/** A picture that moves would not move in a mass send: it is for the operator to say what is shown instead. */
const pictureProblems = (ctx: Ctx, accountId: string, mediaAssetIds: readonly string[]): Promise<Problem[]> =>
  problemsOf(async () => {
    const assets = await Promise.all(mediaAssetIds.map((id) => getMediaAsset(ctx, accountId, id)))
    return assets.flatMap((asset, place) =>
      usableIn(mediaMaterial(asset), 'mass-send').can
        ? []
        : [{ field: `pictures.${place}`, reason: 'picture_animated', name: asset.name }],
    )
  })

/** That a chosen voice or video is still here, and is one. */
const recordingProblems = (
  ctx: Ctx,
  accountId: string,
  { kind, mediaAssetId }: Extract<Content, { kind: 'voice' | 'video' }>,
): Promise<Problem[]> =>
  problemsOf(async () => {
    if (mediaAssetId === null) return []
    const asset = await getMediaAsset(ctx, accountId, mediaAssetId)
    return asset.kind === kind ? [] : [{ field: 'content', reason: 'material_gone' }]
  })

/** What is wrong with the materials is a problem of the content, not of the request that asks about it. */
async function problemsOf(look: () => Promise<Problem[]>): Promise<Problem[]> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.reason === 'articles_invalid') return error.detail['problems'] as Problem[]
    if (error.code === 'not_found') return [{ field: 'content', reason: 'material_gone' }]
    throw error
  }
}

/** In a sandbox the simulated platform's article pages count as WeChat's. */
const articleHosts = (ctx: Ctx): readonly string[] =>
  ctx.mode === 'sandbox' ? [...ARTICLE_HOSTS, new URL(ctx.config.simulator.url).host] : ARTICLE_HOSTS

/**
 * What WeChat has of the content's sources now, against what would go out or was confirmed. Changes that the operator
 * stayed in spite of are none.
 */
export const checkSources = async (
  ctx: Ctx,
  accountId: string,
  content: Content,
  frozen: FrozenContent,
): Promise<SourceCheck> =>
  content.kind === 'articles' && frozen.kind === 'articles'
    ? changedSources(ctx, accountId, { choices: content.articles, frozen: frozen.articles })
    : { checked: true, changes: [] }

/**
 * The content as it will be sent, whatever becomes of its materials afterwards. Throws `content_invalid` with every
 * problem, and `draft_changed` with the differences where an article changed at WeChat since it was composed: what was
 * seen is sent, or nothing.
 */
export async function freezeContent(ctx: Ctx, accountId: string, content: Content): Promise<FrozenContent> {
  const frozen = await composeContent(ctx, accountId, content)
  const { changes } = await checkSources(ctx, accountId, content, frozen)
  if (changes.length > 0)
    throw conflict('draft_changed', 'it changed at WeChat since it was composed', { changes })
  return frozen
}

/** The same from what was last synced, without asking WeChat: for a look at it. */
export async function composeContent(ctx: Ctx, accountId: string, content: Content): Promise<FrozenContent> {
  const problems = await contentProblems(ctx, accountId, content)
  if (problems.length > 0) throw invalid('content_invalid', 'WeChat would refuse this content', { problems })
  if (content.kind === 'articles')
    return { kind: 'articles', articles: await resolveArticles(ctx, accountId, content.articles) }
  if (content.kind === 'text')
    return { kind: 'ready', message: { msgtype: 'text', text: { content: content.text } } }
  if (content.kind === 'voice' || content.kind === 'video') {
    assert(content.mediaAssetId, 'a content without problems has its recording')
    const { mediaId } = await getMediaAsset(ctx, accountId, content.mediaAssetId)
    if (content.kind === 'voice')
      return { kind: 'ready', message: { msgtype: 'voice', voice: { media_id: mediaId } } }
    return { kind: 'video', mediaId, title: content.title.trim(), description: content.description.trim() }
  }
  const assets = await Promise.all(content.mediaAssetIds.map((id) => getMediaAsset(ctx, accountId, id)))
  return {
    kind: 'ready',
    message: {
      msgtype: 'image',
      images: {
        media_ids: assets.map((asset) => asset.mediaId),
        ...(content.recommend !== undefined && { recommend: content.recommend }),
      },
    },
  }
}

/** What one call carries: articles go as the batch's own draft, because a draft dies with the send that used it. */
export function messageOf(frozen: FrozenContent, draftMediaId: string | null): MassContent {
  if (frozen.kind === 'ready') return frozen.message
  if (frozen.kind === 'video') throw new Error('impossible state: a video that was not made ready to be sent')
  if (draftMediaId === null) throw new Error('impossible state: articles without a draft of their own')
  return { msgtype: 'mpnews', mpnews: { media_id: draftMediaId } }
}

/**
 * The same where it may ask the platform first: a video is sent under an id made of it, which lives for days only, so
 * it is made at each call. Throws WechatError.
 */
export async function messageFor(
  client: OfficialAccountClient,
  frozen: FrozenContent,
  draftMediaId: string | null,
): Promise<MassContent> {
  if (frozen.kind !== 'video') return messageOf(frozen, draftMediaId)
  const { title, description } = frozen
  const mediaId = await prepareMassVideo(client, frozen)
  return { msgtype: 'mpvideo', mpvideo: { media_id: mediaId, title, description } }
}
