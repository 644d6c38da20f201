/** 标签管理, checked 2026-11. */
export const TAGS_PER_ACCOUNT = 100
export const TAGS_PER_FAN = 20
export const FANS_PER_TAGGING_CALL = 50
export const LONGEST_TAG_NAME = 30
/** A tag with more fans than this can't be deleted. */
export const FANS_OF_DELETABLE_TAG = 100_000
/** 星标组 and its siblings: 0, 1 and 2 are the platform's own. */
export const SYSTEM_TAGS: readonly number[] = [0, 1, 2]
/** 黑名单: openids in one call. */
export const FANS_PER_BLACKLIST_CALL = 20

export type TagNameProblem = 'empty' | 'too_long' | 'taken'

/** `taken` holds the account's other names. Length is counted in characters. */
export function checkTagName(name: string, taken: Iterable<string> = []): TagNameProblem | undefined {
  const trimmed = name.trim()
  if (trimmed === '') return 'empty'
  if ([...trimmed].length > LONGEST_TAG_NAME) return 'too_long'
  return new Set(taken).has(trimmed) ? 'taken' : undefined
}

export type TagDeletionProblem = 'system_tag' | 'too_many_fans'

export function checkTagDeletion(tag: { id: number; fans: number }): TagDeletionProblem | undefined {
  if (SYSTEM_TAGS.includes(tag.id)) return 'system_tag'
  return tag.fans > FANS_OF_DELETABLE_TAG ? 'too_many_fans' : undefined
}
