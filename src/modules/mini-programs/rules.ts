import { partsOfText } from '../../wechat/rules/text-links.ts'
import { miniProgramAppid } from './schema.ts'

/**
 * App ids that a text links to and that are not among `linked`, each once. A malformed one is left to the check of the
 * text itself, which names it already.
 */
export function unboundAppIds(text: string, linked: readonly string[]): string[] {
  const used = partsOfText(text).flatMap((part) => (part.kind === 'mini-program' ? part.appId : []))
  return [...new Set(used)].filter(
    (appid) => miniProgramAppid.safeParse(appid).success && !linked.includes(appid),
  )
}
