import { createHash } from 'node:crypto'
import { type ArticleInput, copyOf } from '../../channels/official-account/drafts.ts'
import { isWechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import type { Article } from '../../wechat/payloads/drafts.ts'
import { accountClient } from '../accounts/index.ts'
import { explainWechatError } from '../runs/index.ts'
import { fetchArticles } from './commands/refresh.ts'
import { differencesOf, signatureOf } from './rules/compare.ts'
import { type ArticleChoice, GONE, type SourceChange } from './schema.ts'
import * as store from './store.ts'

/** `checked` is false where WeChat lets no more drafts be read today: nothing is known then. */
export type SourceCheck = { checked: boolean; changes: SourceChange[] }

/**
 * Compares a composed message with what WeChat has of its sources at this moment; each is read once. Changes that the
 * operator has seen and stayed in spite of (`kept` of the choice) are none. Writes nothing: whoever wants the new
 * content refreshes the set.
 */
export async function changedSources(
  ctx: Ctx,
  accountId: string,
  message: { choices: readonly ArticleChoice[]; frozen: readonly ArticleInput[] },
): Promise<SourceCheck> {
  const { choices, frozen } = message
  const ids = [...new Set(choices.map((choice) => choice.articleSetId))]
  const sets = new Map((await store.selectSets(ctx.db, accountId, ids)).map((set) => [set.id, set]))
  const now = await readNow(ctx, accountId, [...sets.values()])
  if (now === undefined) return { checked: false, changes: [] }
  const changes = choices.flatMap((choice, place) => {
    const composed = frozen[place]
    if (composed === undefined) return []
    const stored = sets.get(choice.articleSetId)?.articles[choice.index]
    const current = now.get(choice.articleSetId)?.[choice.index]
    const change = changeOf({ choice, place, composed, stored, current })
    return change === undefined || change.seen === choice.kept ? [] : [change]
  })
  return { checked: true, changes }
}

/** Each set as WeChat has it, undefined for one it no longer has. Undefined: it lets nothing more be read today. */
async function readNow(
  ctx: Ctx,
  accountId: string,
  sets: readonly store.StoredSet[],
): Promise<Map<string, Article[] | undefined> | undefined> {
  const client = await accountClient(ctx, accountId)
  const now = new Map<string, Article[] | undefined>()
  for (const set of sets) {
    const { kind, wechatId } = set
    try {
      // what was sent is kept here alone
      now.set(set.id, kind === 'history' ? set.articles : await fetchArticles(client, { kind, wechatId }))
    } catch (error) {
      if (isWechatError(error) && error.kind === 'quota-day') return undefined
      throw isWechatError(error) ? explainWechatError(error) : error
    }
  }
  return now
}

type Pair = {
  choice: ArticleChoice
  place: number
  /** As it would go out. */
  composed: ArticleInput
  /** As it was last synced, and as it is now: undefined where it is not there any more. */
  stored: Article | undefined
  current: Article | undefined
}

function changeOf({ choice, place, composed, stored, current }: Pair): SourceChange | undefined {
  const { articleSetId, index } = choice
  const named = { place, articleSetId, index, title: composed.title, coverBefore: stored?.thumb_url || null }
  if (current === undefined || current.is_deleted === true)
    return { ...named, what: 'gone', seen: GONE, coverAfter: null, differences: [] }
  const found = copyOf(current)
  const differences = differencesOf(composed, found, { ownCover: choice.cover !== undefined })
  if (differences.length === 0) return undefined
  const seen = createHash('sha256').update(signatureOf(found)).digest('hex').slice(0, 32)
  return { ...named, what: 'changed', seen, coverAfter: current.thumb_url || null, differences }
}
