import { getCurrentAutoReply } from '../../../channels/official-account/auto-reply.ts'
import { type Ctx, localeOf } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { AppError, notFound } from '../../../kernel/errors.ts'
import { accountClient, getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { pausing } from '../../contacts/index.ts'
import { keepTemporary } from '../../contents/index.ts'
import { explained } from '../../runs/index.ts'
import { replyRulesChanged } from '../changed.ts'
import { writeRule } from '../commands/save.ts'
import {
  answerSchema,
  DEFAULT_EVERY_MS,
  type ImportNote,
  type ImportProposal,
  type ImportResult,
} from '../schema.ts'
import { selectRules } from '../store/reads.ts'
import { bumpRevisions, setState } from '../store/rules.ts'
import { type Adopted, type AdoptedReply, adoptAutoReplies, hereAlready } from './adopt.ts'

const NAMES = {
  'zh-CN': { follow: '关注后回复', default: '默认回复' },
  en: { follow: 'Reply to new followers', default: 'Default reply' },
}

/** What the account answers from WeChat's own pages, as rules that could be made of it; nothing is changed or kept. */
export async function proposeImport(ctx: Ctx, accountId: string): Promise<{ proposals: ImportProposal[] }> {
  const found = await readAdopted(ctx, accountId)
  const rules = await selectRules(ctx.db, { accountId })
  const proposals = found.map((one) => {
    const here = hereAlready(one, rules)
    return {
      ...one,
      replies: one.replies.map(previewOf),
      here: here === undefined ? null : { id: here.id, name: here.name },
    }
  })
  return { proposals }
}

/**
 * Makes rules of some of them, as they are at WeChat now. Pictures and recordings, which WeChat lends for three days, are kept as
 * material of the account. A rule that can't be made stops no other one.
 */
export async function acceptImport(
  ctx: Ctx,
  accountId: string,
  { keys, on }: { keys: readonly string[]; on: boolean },
): Promise<{ results: ImportResult[] }> {
  const found = new Map((await readAdopted(ctx, accountId)).map((one) => [one.key, one]))
  const results: ImportResult[] = []
  for (const key of new Set(keys)) {
    const adopted = found.get(key)
    results.push(
      adopted === undefined
        ? { key, name: '', ruleId: null, reason: 'gone_at_wechat', refusal: null, notes: [] }
        : await acceptOne(ctx, accountId, adopted, on),
    )
  }
  await replyRulesChanged(ctx, [accountId])
  return { results }
}

async function readAdopted(ctx: Ctx, accountId: string): Promise<Adopted[]> {
  await getAccount(ctx, accountId)
  const client = await accountClient(ctx, accountId)
  const current = await explained(pausing(ctx, accountId, getCurrentAutoReply(client)))
  return adoptAutoReplies(current, NAMES[localeOf(ctx)])
}

const previewOf = (reply: AdoptedReply) => ({
  kind: reply.kind,
  text: reply.kind === 'text' ? reply.text : reply.kind === 'news' ? reply.title : '',
})

async function acceptOne(ctx: Ctx, accountId: string, adopted: Adopted, on: boolean): Promise<ImportResult> {
  const { key, name } = adopted
  const none = (reason: ImportResult['reason'], notes: ImportNote[], refusal: string | null = null) => ({
    key,
    name,
    ruleId: null,
    reason,
    refusal,
    notes,
  })
  if (hereAlready(adopted, await selectRules(ctx.db, { accountId })) !== undefined)
    return none('already_here', [])
  const notes = [...adopted.notes]
  const contents: object[] = []
  for (const reply of adopted.replies) {
    const content = await contentOf(ctx, accountId, name, reply)
    if (content !== undefined) contents.push(content)
    else if (!notes.includes('media_gone')) notes.push('media_gone')
  }
  if (contents.length === 0) return none('nothing_left', notes)
  try {
    const ruleId = await make(ctx, { accountId, adopted, contents, on })
    return ruleId === null ? none('already_here', []) : { ...none(null, notes), ruleId }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return none('refused', notes, error.reason)
  }
}

async function contentOf(
  ctx: Ctx,
  accountId: string,
  name: string,
  reply: AdoptedReply,
): Promise<object | undefined> {
  if (reply.kind !== 'image' && reply.kind !== 'voice') return reply
  const { kind, mediaId } = reply
  const mediaAssetId = await keepTemporary(ctx, accountId, { kind, name, mediaId })
  return mediaAssetId === undefined ? undefined : { kind, mediaAssetId }
}

type Made = { accountId: string; adopted: Adopted; contents: readonly object[]; on: boolean }

/** Null where somebody made the same meanwhile. */
function make(ctx: Ctx, { accountId, adopted, contents, on }: Made): Promise<string | null> {
  const { kind, name, keywords, mode, key } = adopted
  const answer = answerSchema.parse({ mode, replies: contents.map((content) => ({ content })) })
  return inTransaction(ctx.db, async (trx) => {
    await bumpRevisions(trx, [accountId])
    if (hereAlready(adopted, await selectRules(trx, { accountId })) !== undefined) return null
    const written = await writeRule(ctx, trx, {
      ruleId: null,
      kind,
      name,
      priority: 0,
      keywords,
      hours: [],
      answer,
      everyMs: kind === 'default' ? DEFAULT_EVERY_MS : null,
      owner: null,
      accountIds: [accountId],
    })
    if (written === undefined) throw notFound('reply rule')
    const { ruleId } = written
    if (!on) await setState(trx, ruleId, 'off', ctx.clock.now())
    await audit(ctx, trx, {
      action: 'reply_rule.imported',
      accountId,
      subject: { kind: 'reply-rule', id: ruleId },
      detail: { name, from: key },
    })
    return ruleId
  })
}
