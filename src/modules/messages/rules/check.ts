import {
  isAppId,
  isMenuLink,
  isWebAddress,
  CUSTOMER_SERVICE_LIMITS as LIMITS,
  overBytes,
  overCharacters,
} from '../../../wechat/rules/customer-service-limits.ts'
import { checkField, type TemplateFamily, withoutEmoji } from '../../../wechat/rules/template-fields.ts'
import type { ContentOf, MessageContent, MiniProgramTarget } from '../schema/content.ts'
import type { ContentProblem } from '../schema/endpoints.ts'
import type { TemplateField } from '../schema/resolved.ts'
import type { Variables } from '../schema/variables.ts'
import { stringsIn } from './needs.ts'
import { brokenPlaceholders, fill, hasPlaceholder, undefinedNames } from './placeholders.ts'
import { isMiniProgramLink, textParts } from './text-parts.ts'

/** What has to be known beside the content; what is left out is not checked. */
export type CheckFacts = {
  /** The template chosen; null: it isn't there any more. */
  template?: { fields: readonly TemplateField[]; family: TemplateFamily | null; goneAt: string | null } | null
  /** Mini programs that messages of the account may open. */
  linkedAppIds?: readonly string[]
  /** Whether an event fires it, so that its properties can be read. */
  hasEvent?: boolean
}

type Problems = ContentProblem[]
const problem = (field: string, reason: string, detail: ContentProblem['detail'] = {}): ContentProblem => ({
  field,
  reason,
  detail,
})

/**
 * Everything wrong with a content whoever gets it, each at its place in the form. Values of people are checked when they are
 * known; here placeholders count as their fallbacks, or as nothing.
 */
export function checkContent(content: MessageContent, facts: CheckFacts = {}): Problems {
  return [...checkKind(content, facts), ...checkVariables(content, facts)]
}

function checkKind(content: MessageContent, facts: CheckFacts): Problems {
  switch (content.kind) {
    case 'text':
      return checkText(content, facts)
    case 'image':
    case 'voice':
      return needed('mediaAssetId', `${content.kind}_missing`, content.mediaAssetId)
    case 'news':
      return checkNews(content)
    case 'article':
      return needed('articleSetId', 'article_missing', content.articleSetId)
    case 'msgmenu':
      return checkMenu(content)
    case 'mini-program':
      return [
        ...line(content, 'title', LIMITS.miniProgramTitle),
        ...target('', content, facts),
        ...needed('thumbAssetId', 'picture_missing', content.thumbAssetId),
      ]
    case 'video':
      return [
        ...needed('mediaAssetId', 'video_missing', content.mediaAssetId),
        ...needed('thumbAssetId', 'picture_missing', content.thumbAssetId),
        ...lengths(content, { title: LIMITS.mediaTitle, description: LIMITS.mediaDescription }),
      ]
    case 'music':
      return [
        ...address('musicUrl', content.musicUrl),
        ...(content.hqMusicUrl === '' ? [] : address('hqMusicUrl', content.hqMusicUrl)),
        ...needed('thumbAssetId', 'picture_missing', content.thumbAssetId),
        ...lengths(content, { title: LIMITS.mediaTitle, description: LIMITS.mediaDescription }),
      ]
    case 'template':
    case 'subscription':
      return checkTemplate(content, facts)
  }
}

function checkText(content: ContentOf<'text'>, facts: CheckFacts): Problems {
  const { text, variables } = content
  const problems: Problems = []
  if (text.trim() === '') problems.push(problem('text', 'text_missing'))
  const over = overBytes(withFallbacks(text, variables), LIMITS.textBytes)
  if (over) problems.push(problem('text', 'text_too_long', over))
  for (const part of textParts(text)) {
    const shown = part.kind === 'plain' ? part.text : part.kind === 'link' ? part.label : ''
    if (/<\/?[a-z][^>]*>/i.test(shown)) problems.push(problem('text', 'tag_not_allowed'))
    if (part.kind !== 'link') continue
    if (part.label.trim() === '') problems.push(problem('text', 'link_label_missing'))
    if (isMiniProgramLink(part)) {
      problems.push(...target('text', part, facts))
      if (part.href !== '') problems.push(...address('text', part.href))
    } else problems.push(...address('text', part.href))
  }
  return problems
}

function checkNews(content: ContentOf<'news'>): Problems {
  return [
    ...line(content, 'title', LIMITS.newsTitle),
    ...lengths(content, { description: LIMITS.newsDescription }),
    ...address('url', content.url),
    ...(content.pictureAssetId === null ? address('pictureUrl', content.pictureUrl, 'picture_missing') : []),
  ]
}

function checkMenu({ head, items, tail, variables }: ContentOf<'msgmenu'>): Problems {
  const problems: Problems = []
  if (head.trim() === '') problems.push(problem('head', 'text_missing'))
  if (items.length === 0) problems.push(problem('items', 'menu_empty'))
  if (items.length > LIMITS.menuItems) {
    problems.push(problem('items', 'menu_too_many', { limit: LIMITS.menuItems, actual: items.length }))
  }
  const ids = new Set<string>()
  for (const [index, item] of items.entries()) {
    const field = `items.${index}`
    if (item.content.trim() === '') problems.push(problem(`${field}.content`, 'menu_item_missing'))
    if (item.id.trim() === '') problems.push(problem(`${field}.id`, 'menu_id_missing'))
    if (ids.has(item.id)) problems.push(problem(`${field}.id`, 'menu_id_repeated', { id: item.id }))
    ids.add(item.id)
    const over = overCharacters(withFallbacks(item.content, variables), LIMITS.menuItem)
    if (over) problems.push(problem(`${field}.content`, 'too_long', over))
  }
  const all = [head, ...items.map((item) => item.content), tail].join('')
  const over = overBytes(withFallbacks(all, variables), LIMITS.textBytes)
  if (over) problems.push(problem('head', 'text_too_long', over))
  return problems
}

function checkTemplate(
  content: ContentOf<'template'> | ContentOf<'subscription'>,
  facts: CheckFacts,
): Problems {
  const url = content.kind === 'template' ? content.url : content.page
  const problems = [
    ...needed('templateId', 'template_missing', content.templateId),
    ...(url === '' ? [] : address(content.kind === 'template' ? 'url' : 'page', url)),
    ...(content.miniProgram === null ? [] : target('miniProgram', content.miniProgram, facts)),
  ]
  const { template } = facts
  if (content.templateId === null || template === undefined) return problems
  if (template === null || template.goneAt !== null) {
    return [...problems, problem('templateId', 'template_gone')]
  }
  return [
    ...problems,
    ...template.fields.flatMap((field) =>
      checkFieldText(field, content.fields[field.key] ?? '', {
        variables: content.variables,
        family: template.family ?? 'category',
        dropsEmoji: content.kind === 'template',
      }),
    ),
  ]
}

/** A field as it was typed: exact where it holds no placeholder, else by what stands around and instead of them. */
export function checkFieldText(
  field: TemplateField,
  text: string,
  { variables, family, dropsEmoji }: { variables: Variables; family: TemplateFamily; dropsEmoji: boolean },
): Problems {
  const place = `fields.${field.key}`
  const wrong = (typed: string, reason: string): Problems => {
    const value = dropsEmoji ? withoutEmoji(typed) : typed
    const breach = checkField(field, value, family)
    if (breach === undefined) return []
    const { limit, actual, rule } = breach
    const numbers: ContentProblem['detail'] =
      limit === undefined || actual === undefined ? {} : { limit, actual }
    if (breach.because === 'empty') return [problem(place, 'field_missing', { name: field.name })]
    if (breach.because === 'unlisted') return [problem(place, 'field_unlisted', { name: field.name })]
    return [problem(place, reason, { rule, value, ...numbers })]
  }
  if (!hasPlaceholder(text)) return wrong(text, 'field_invalid')
  const fallbacks = fallbacksOf(variables)
  const all = fill(text, (name) => fallbacks.get(name) ?? '')
  const skips = fill(text, (name) => (fallbacks.has(name) ? '' : '\u0000')).includes('\u0000')
  if (!skips) return wrong(all, 'field_fallback_invalid')
  const fixed = fill(text, () => '')
  const breach = fixed === '' ? undefined : checkField(field, fixed, family)
  return breach?.because === 'too_long' ? wrong(fixed, 'field_invalid') : []
}

const fallbacksOf = (variables: Variables): Map<string, string> =>
  new Map(
    Object.entries(variables).flatMap(([name, { missing }]): [string, string][] =>
      missing === 'skip' || missing.fallback === '' ? [] : [[name, missing.fallback]],
    ),
  )

/** A text as those get it of whom nothing is known; what has no fallback takes no room. */
const withFallbacks = (text: string, variables: Variables): string => {
  const fallbacks = fallbacksOf(variables)
  return fill(text, (name) => fallbacks.get(name) ?? '')
}

function checkVariables(content: MessageContent, { hasEvent }: CheckFacts): Problems {
  const { variables, ...rest } = content
  const texts = stringsIn(rest)
  const problems: Problems = [
    ...undefinedNames(texts, variables).map((name) =>
      problem(`variables.${name}`, 'placeholder_undefined', { name }),
    ),
    ...texts.flatMap(brokenPlaceholders).map((text) => problem('variables', 'placeholder_broken', { text })),
  ]
  for (const [name, { source, missing }] of Object.entries(variables)) {
    const place = `variables.${name}`
    if (hasEvent === false && (source.from === 'event' || source.from === 'event-time')) {
      problems.push(problem(place, 'event_value_without_event', { name }))
    }
    if (missing !== 'skip' && missing.fallback === '')
      problems.push(problem(place, 'fallback_missing', { name }))
  }
  return problems
}

const needed = (field: string, reason: string, value: string | null): Problems =>
  value === null || value === '' ? [problem(field, reason)] : []

type Texts = MessageContent & Partial<Record<'title' | 'description', string>>

function line(content: Texts, field: 'title', limit: number): Problems {
  if ((content[field] ?? '').trim() === '') return [problem(field, 'title_missing')]
  return lengths(content, { [field]: limit })
}

function lengths(content: Texts, limits: Partial<Record<'title' | 'description', number>>): Problems {
  return (['title', 'description'] as const).flatMap((field) => {
    const limit = limits[field]
    if (limit === undefined) return []
    const over = overCharacters(withFallbacks(content[field] ?? '', content.variables), limit)
    return over ? [problem(field, 'too_long', over)] : []
  })
}

/** Placeholders in an address become letters; one that begins with a placeholder is judged when the value is known. */
function address(field: string, url: string, missing = 'link_missing'): Problems {
  if (url.trim() === '') return [problem(field, missing)]
  if (isMenuLink(url)) return []
  const sample = fill(url, (_, at) => (at === 0 ? 'https://a.example' : 'x'))
  if (!isWebAddress(sample)) return [problem(field, 'link_invalid', { url })]
  const over = overBytes(sample, LIMITS.urlBytes)
  return over ? [problem(field, 'link_too_long', over)] : []
}

function target(field: string, { appId, path }: MiniProgramTarget, { linkedAppIds }: CheckFacts): Problems {
  const at = (name: string) => (field === '' ? name : field === 'text' ? 'text' : `${field}.${name}`)
  if (!isAppId(appId)) return [problem(at('appId'), 'mini_program_incomplete')]
  if (path.trim() === '') return [problem(at('path'), 'mini_program_incomplete')]
  const over = overBytes(path, LIMITS.pathBytes)
  if (over) return [problem(at('path'), 'link_too_long', over)]
  if (linkedAppIds !== undefined && !linkedAppIds.includes(appId)) {
    return [problem(at('appId'), 'mini_program_not_linked', { appId })]
  }
  return []
}
