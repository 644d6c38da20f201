import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { AppError, assert, invalid } from '../../kernel/errors.ts'
import {
  articleMaterial,
  findMediaAsset,
  getArticleSet,
  mediaMaterial,
  type Place,
  type Unusable,
  usableIn,
} from '../contents/index.ts'
import { listLinkedAppIds } from '../mini-programs/index.ts'
import { getTemplate, type MessageTemplate } from '../templates/index.ts'
import { type CheckFacts, checkContent } from './rules.ts'
import type {
  ContentOf,
  ContentProblem,
  MessageContent,
  PreparedMessage,
  ResolvedContent,
  ResolvedTemplate,
} from './schema.ts'

type Found = { field: string; reason: string }
const refused = (problems: readonly (ContentProblem | Found)[]): AppError =>
  invalid('message_invalid', 'the content of the message is not complete or not allowed as it is', {
    problems: problems.map((one) => ({ detail: {}, ...one })),
  })

type Facts = CheckFacts & { template?: MessageTemplate | null }

/** What {@link checkContent} has to know of an account and a content, as it is here now. */
export async function factsOf(
  ctx: Ctx,
  db: Executor,
  accountId: string,
  content: MessageContent,
): Promise<Facts> {
  const linkedAppIds = await listLinkedAppIds(ctx, accountId)
  if (content.kind !== 'template' && content.kind !== 'subscription') return { linkedAppIds }
  const { templateId } = content
  if (templateId === null) return { linkedAppIds }
  const template = await findTemplate(db, { accountId, templateId, kind: content.kind })
  return { linkedAppIds, template }
}

async function findTemplate(
  db: Executor,
  { kind, ...of }: { accountId: string; templateId: string; kind: MessageTemplate['kind'] },
): Promise<MessageTemplate | null> {
  try {
    const template = await getTemplate(db, of)
    return template.kind === kind ? template : null
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}

/**
 * A content as a version of a send keeps it: complete, allowed, and with every id of WeChat's that it needs. Refused as
 * `message_invalid` with each problem at its place in the form.
 */
export async function resolveContent(
  ctx: Ctx,
  trx: Executor,
  accountId: string,
  content: MessageContent,
  { hasEvent, place = 'campaign' }: { hasEvent?: boolean; place?: Place } = {},
): Promise<ResolvedContent> {
  const facts = await factsOf(ctx, trx, accountId, content)
  const problems = checkContent(content, hasEvent === undefined ? facts : { ...facts, hasEvent })
  if (problems.length > 0) throw refused(problems)
  const { kind, variables } = content
  if (kind === 'template' || kind === 'subscription') {
    const { templateId } = content
    const template = templateId && (await findTemplate(trx, { accountId, templateId, kind }))
    if (!template) throw refused([{ field: 'templateId', reason: 'template_gone' }])
    return resolveTemplate(content, template)
  }
  const message = await new Resolving(ctx, trx, { accountId, place }).message(content)
  return { kind, channel: 'customer-service', variables, message }
}

function resolveTemplate(
  content: ContentOf<'template'> | ContentOf<'subscription'>,
  template: MessageTemplate,
): ResolvedContent {
  const { id, wechatId, title, fingerprint, family, fields } = template
  const kept: ResolvedTemplate = { id, wechatId, title, fingerprint, family, fields }
  const { variables, miniProgram } = content
  const shared = {
    variables,
    template: kept,
    fields: Object.fromEntries(fields.map(({ key }) => [key, content.fields[key] ?? ''])),
    miniProgram: miniProgram && { appid: miniProgram.appId, pagepath: miniProgram.path },
  }
  return content.kind === 'template'
    ? { kind: 'template', channel: 'template', ...shared, url: content.url }
    : { kind: 'subscription', channel: 'subscription', ...shared, page: content.page }
}

type CustomerServiceContent = Exclude<MessageContent, { kind: 'template' | 'subscription' }>

const ARTICLE_REFUSED: Partial<Record<Unusable, string>> = {
  publish_first: 'article_not_published',
  convert_first: 'article_is_history',
  no_address: 'article_without_address',
}

class Resolving {
  private readonly ctx: Ctx
  private readonly db: Executor
  private readonly accountId: string
  private readonly place: Place

  constructor(ctx: Ctx, db: Executor, of: { accountId: string; place: Place }) {
    this.ctx = ctx
    this.db = db
    this.accountId = of.accountId
    this.place = of.place
  }

  async message(content: CustomerServiceContent): Promise<PreparedMessage> {
    switch (content.kind) {
      case 'text':
        return { msgtype: 'text', text: { content: content.text } }
      case 'image':
        return { msgtype: 'image', image: { media_id: await this.media(content.mediaAssetId, 'image') } }
      case 'voice':
        return { msgtype: 'voice', voice: { media_id: await this.media(content.mediaAssetId, 'voice') } }
      case 'news':
        return this.news(content)
      case 'article':
        return this.article(content)
      case 'msgmenu': {
        const list = content.items.map(({ id, content: text }) => ({ id, content: text }))
        const { head, tail } = content
        return { msgtype: 'msgmenu', msgmenu: { head_content: head, list, tail_content: tail } }
      }
      case 'mini-program': {
        const { title, appId, path } = content
        const thumb_media_id = await this.thumb(content.thumbAssetId)
        return {
          msgtype: 'miniprogrampage',
          miniprogrampage: { title, appid: appId, pagepath: path, thumb_media_id },
        }
      }
      case 'video': {
        const media_id = await this.media(content.mediaAssetId, 'video')
        const thumb_media_id = await this.thumb(content.thumbAssetId)
        const { title, description } = content
        return { msgtype: 'video', video: { media_id, thumb_media_id, title, description } }
      }
      case 'music': {
        const { title, description, musicUrl: musicurl } = content
        const hqmusicurl = content.hqMusicUrl === '' ? musicurl : content.hqMusicUrl
        const thumb_media_id = await this.thumb(content.thumbAssetId)
        return { msgtype: 'music', music: { title, description, musicurl, hqmusicurl, thumb_media_id } }
      }
    }
  }

  private async news(content: ContentOf<'news'>): Promise<PreparedMessage> {
    const { title, description, url, pictureAssetId } = content
    const picurl = pictureAssetId === null ? content.pictureUrl : await this.pictureUrl(pictureAssetId)
    return { msgtype: 'news', news: { articles: [{ title, description, url, picurl }] } }
  }

  /** A message of one article goes as that; one article of several as a card to its page. */
  private async article({ articleSetId, index }: ContentOf<'article'>): Promise<PreparedMessage> {
    if (articleSetId === null) throw refused([{ field: 'articleSetId', reason: 'article_missing' }])
    const set = await getArticleSet(this.ctx, this.accountId, articleSetId)
    const usable = usableIn(articleMaterial(set, index), this.place)
    if (!usable.can)
      throw refused([{ field: 'articleSetId', reason: ARTICLE_REFUSED[usable.reason] ?? 'article_gone' }])
    if (set.kind === 'published' && set.articles.length === 1) {
      return { msgtype: 'mpnewsarticle', mpnewsarticle: { article_id: set.wechatId } }
    }
    const article = set.articles[index]
    assert(article?.url, 'an article that is a card has an address')
    const { title, digest: description, url, thumbUrl } = article
    return { msgtype: 'news', news: { articles: [{ title, description, url, picurl: thumbUrl ?? '' }] } }
  }

  private async pictureUrl(assetId: string): Promise<string> {
    const { url } = await this.asset(assetId, 'image', 'pictureAssetId')
    if (url === null) throw refused([{ field: 'pictureAssetId', reason: 'picture_without_address' }])
    return url
  }

  private thumb = async (assetId: string | null): Promise<string> =>
    (await this.asset(assetId, 'image', 'thumbAssetId')).mediaId

  private media = async (assetId: string | null, kind: 'image' | 'voice' | 'video'): Promise<string> =>
    (await this.asset(assetId, kind, 'mediaAssetId')).mediaId

  private async asset(assetId: string | null, kind: 'image' | 'voice' | 'video', field: string) {
    const found = assetId === null ? undefined : await findMediaAsset(this.db, this.accountId, assetId)
    if (found === undefined || found.kind !== kind) {
      throw refused([{ field, reason: field === 'mediaAssetId' ? `${kind}_gone` : 'picture_gone' }])
    }
    const usable = usableIn(mediaMaterial(found), this.place)
    if (!usable.can) throw refused([{ field, reason: `${kind}_${usable.reason}` }])
    return found
  }
}
