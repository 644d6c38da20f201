import type { MessageContent } from '../../messages/schema.ts'
import type { DefaultReply, RecallContent } from '../schema/rule.ts'

/** What WeChat says of a tap on the phrase, so that it can be told from typing. */
export const tapIdOf = (ruleId: string): string => `wd-recall-${ruleId}`

/** Only the address is written by us; the words stay as they were typed, with nothing in them that WeChat would read as a tag. */
export function defaultContent({ greeting, phrase, says }: DefaultReply, ruleId: string): MessageContent {
  const address = `weixin://bizmsgmenu?msgmenucontent=${encodeURIComponent(says)}&msgmenuid=${encodeURIComponent(tapIdOf(ruleId))}`
  return { kind: 'text', text: `${greeting}\n<a href="${address}">${phrase}</a>`, variables: {} }
}

/** The messages of a rule, one a reply. */
export const repliesOf = (content: RecallContent, ruleId: string): MessageContent[] =>
  content.kind === 'default' ? [defaultContent(content, ruleId)] : content.replies
