import {
  bytesOf,
  isMenuLink,
  isWebAddress,
  CUSTOMER_SERVICE_LIMITS as LIMITS,
  overBytes,
  overCharacters,
} from '../../../wechat/rules/customer-service-limits.ts'
import { checkField, withoutEmoji } from '../../../wechat/rules/template-fields.ts'
import type {
  OutgoingMessage,
  PreparedMessage,
  Rendered,
  RenderProblem,
  RenderReason,
  ResolvedContent,
  Tie,
  Values,
} from '../schema/resolved.ts'
import { formatValue } from './format.ts'
import { canFollow, MOST_FOLLOWED } from './links.ts'
import { fill } from './placeholders.ts'
import { isMiniProgramLink, type TextPart, textParts, writeLink } from './text-parts.ts'

type Problem = RenderProblem['detail'] & { reason: RenderReason }
class Refused extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.reason)
    this.problem = problem
  }
}
const refuse = (reason: RenderReason, field: string, value: string, rule: string): never => {
  throw new Refused({ reason, field, value, rule })
}

/**
 * One message of a content and a person's values, checked as it will be sent. Pure; the same content, values and tie give the
 * same message. What the platform would refuse is refused here, with the place, the value and the rule.
 */
export function render(content: ResolvedContent, values: Values, tie?: Tie): Rendered {
  try {
    return { ok: true, message: new Rendering(content, values, tie).message() }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { reason, ...detail } = error.problem
    return { ok: false, reason, detail }
  }
}

const partsOf = new WeakMap<ResolvedContent, TextPart[]>()

class Rendering {
  private links = 0
  private readonly content: ResolvedContent
  private readonly values: Values
  private readonly tie: Tie | undefined

  constructor(content: ResolvedContent, values: Values, tie: Tie | undefined) {
    this.content = content
    this.values = values
    this.tie = tie
  }

  message(): OutgoingMessage {
    const { content } = this
    if (content.channel === 'customer-service') {
      return { channel: 'customer-service', message: this.customerService(content.message) }
    }
    const data = this.fields(content)
    const miniprogram =
      content.miniProgram === null
        ? {}
        : {
            miniprogram: {
              appid: content.miniProgram.appid,
              pagepath: this.path('miniProgram', content.miniProgram.pagepath),
            },
          }
    const templateId = content.template.wechatId
    if (content.channel === 'template') {
      const url = content.url === '' ? {} : { url: this.address('url', content.url) }
      return { channel: 'template', templateId, ...url, ...miniprogram, data }
    }
    const page = content.page === '' ? {} : { page: this.address('page', content.page) }
    return { channel: 'subscription', templateId, ...page, ...miniprogram, data }
  }

  private customerService(message: PreparedMessage): PreparedMessage {
    switch (message.msgtype) {
      case 'text':
        return { msgtype: 'text', text: { content: this.text() } }
      case 'news': {
        const [card] = message.news.articles
        const article = {
          title: this.line('title', card.title, LIMITS.newsTitle),
          description: this.optional('description', card.description, LIMITS.newsDescription),
          url: this.address('url', card.url),
          picurl: card.picurl === '' ? '' : this.address('pictureUrl', card.picurl, false),
        }
        return { msgtype: 'news', news: { articles: [article] } }
      }
      case 'msgmenu':
        return { msgtype: 'msgmenu', msgmenu: this.menu(message.msgmenu) }
      case 'miniprogrampage': {
        const { title, appid, pagepath, thumb_media_id } = message.miniprogrampage
        return {
          msgtype: 'miniprogrampage',
          miniprogrampage: {
            title: this.line('title', title, LIMITS.miniProgramTitle),
            appid,
            pagepath: this.path('path', pagepath),
            thumb_media_id,
          },
        }
      }
      case 'video': {
        const { video } = message
        const title = this.optional('title', video.title, LIMITS.mediaTitle)
        const description = this.optional('description', video.description, LIMITS.mediaDescription)
        return { msgtype: 'video', video: { ...video, title, description } }
      }
      case 'music': {
        const { music } = message
        return {
          msgtype: 'music',
          music: {
            title: this.optional('title', music.title, LIMITS.mediaTitle),
            description: this.optional('description', music.description, LIMITS.mediaDescription),
            musicurl: this.address('musicUrl', music.musicurl, false),
            hqmusicurl: this.address('hqMusicUrl', music.hqmusicurl, false),
            thumb_media_id: music.thumb_media_id,
          },
        }
      }
      case 'image':
      case 'voice':
      case 'mpnewsarticle':
        return message
    }
  }

  private fields(content: Exclude<ResolvedContent, { channel: 'customer-service' }>) {
    const { template } = content
    const family = template.family ?? 'category'
    const data: Record<string, { value: string }> = {}
    for (const field of template.fields) {
      const written = this.filled(field.key, content.fields[field.key] ?? '', (one) => one)
      const value = content.channel === 'template' ? withoutEmoji(written) : written
      const breach = checkField(field, value, family)
      if (breach !== undefined) {
        const rule =
          breach.because === 'empty' ? 'empty' : breach.because === 'unlisted' ? 'unlisted' : breach.rule
        refuse('field_invalid', field.key, value, rule)
      }
      data[field.key] = { value }
    }
    return data
  }

  private menu(menu: {
    head_content: string
    list: { id: string; content: string }[]
    tail_content: string
  }) {
    const head = this.filled('head', menu.head_content, neutral)
    const tail = this.filled('tail', menu.tail_content, neutral)
    const list = menu.list.map(({ id, content }, index) => ({
      id,
      content: this.line(`items.${index}.content`, content, LIMITS.menuItem),
    }))
    const all = [head, ...list.map(({ content }) => content), tail].join('')
    const over = overBytes(all, LIMITS.textBytes)
    if (over) refuse('content_too_long', 'head', all, 'text')
    return { head_content: head, list, tail_content: tail }
  }

  private text(): string {
    const text = this.parts()
      .map((part) => this.textPart(part))
      .join('')
    if (text.trim() === '') refuse('content_empty', 'text', text, 'text')
    if (overBytes(text, LIMITS.textBytes)) refuse('content_too_long', 'text', text, 'text')
    return text
  }

  private parts(): TextPart[] {
    const known = partsOf.get(this.content)
    if (known !== undefined) return known
    const { content } = this
    const text =
      content.channel === 'customer-service' && content.message.msgtype === 'text'
        ? content.message.text.content
        : ''
    const parts = textParts(text)
    partsOf.set(content, parts)
    return parts
  }

  private textPart(part: TextPart): string {
    if (part.kind === 'plain') return this.filled('text', part.text, neutral)
    if (part.kind === 'bare') return this.address('text', part.url)
    const label = this.filled('text', part.label, neutral)
    if (isMiniProgramLink(part)) {
      const { appId } = part
      const href = part.href === '' ? '' : this.address('text', part.href, false)
      return writeLink({ href, label, appId, path: this.path('text', part.path) })
    }
    return writeLink({ href: this.address('text', part.href), label, appId: '', path: '' })
  }

  /** One line that must not be empty and not too long. */
  private line(field: string, text: string, most: number): string {
    const value = this.optional(field, text, most)
    return value.trim() === '' ? refuse('content_empty', field, value, 'text') : value
  }

  private optional(field: string, text: string, most: number): string {
    const value = this.filled(field, text, (one) => one)
    return overCharacters(value, most) ? refuse('content_too_long', field, value, String(most)) : value
  }

  /** An address with values in it: encoded, unless the value is how it begins; then it must be a whole address itself. */
  private address(field: string, url: string, tied = true): string {
    if (isMenuLink(url)) return this.filled(field, url, encodeURIComponent)
    const value = this.filled(field, url, (one, at) => (at === 0 ? one : encodeURIComponent(one)))
    if (!isWebAddress(value)) refuse('link_invalid', field, value, 'address')
    if (bytesOf(value) > LIMITS.urlBytes) refuse('link_invalid', field, value, 'length')
    return tied ? this.tied('web', url, value) : value
  }

  private path(field: string, path: string): string {
    const value = this.filled(field, path, encodeURIComponent)
    if (bytesOf(value) > LIMITS.pathBytes) refuse('link_invalid', field, value, 'length')
    return this.tied('mini-program', path, value)
  }

  /** `written` decides whether it counts as a link, so that every person's links have the same places. */
  private tied(kind: 'web' | 'mini-program', written: string, value: string): string {
    if (!canFollow(kind, written) || this.links >= MOST_FOLLOWED) return value
    const index = this.links++
    return this.tie === undefined ? value : this.tie(value, index, kind)
  }

  private filled(field: string, text: string, shown: (value: string, at: number) => string): string {
    return fill(text, (name, at) => shown(this.valueOf(field, name), at))
  }

  private valueOf(field: string, name: string): string {
    const variable = this.content.variables[name]
    if (variable === undefined) return refuse('variable_missing', field, name, 'undefined')
    const own = formatValue(this.values[name] ?? null, variable.format)
    if (own !== null && own !== '') return own
    if (variable.missing !== 'skip' && variable.missing.fallback !== '') return variable.missing.fallback
    return refuse('variable_missing', field, name, 'skip')
  }
}

/** What a person wrote about themselves never becomes a link or a tag. */
const neutral = (value: string): string => value.replaceAll('<', '＜').replaceAll('>', '＞')
