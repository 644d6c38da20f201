import { addDraft, deleteDraft } from '../../../channels/official-account/drafts.ts'
import { previewMass } from '../../../channels/official-account/mass.ts'
import { isWechatError, type OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { invalid, notFound } from '../../../kernel/errors.ts'
import { type Advice, adviceOf } from '../../../wechat/error-codes.ts'
import type { MassContent } from '../../../wechat/payloads/mass.ts'
import { accountClient } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { composeContent, messageFor } from '../content.ts'
import { subjectOf } from '../prepare.ts'
import { type FrozenContent, findBroadcast } from '../store/broadcasts.ts'

type Result = { target: string; ok: boolean; errcode: number | null; advice: Advice | null }
type Target = { name: string; receiver: { openId: string } | { wechatId: string } }

/** 测试发送: a preview for each named follower, as it would look; costs no fan's quota. One refusal doesn't stop the others. */
export async function testSend(
  ctx: Ctx,
  key: { accountId: string; broadcastId: string },
  input: { wechatIds: string[]; openids: string[] },
): Promise<{ results: Result[] }> {
  const targets: Target[] = [
    ...[...new Set(input.wechatIds)].map((name) => ({ name, receiver: { wechatId: name } })),
    ...[...new Set(input.openids)].map((name) => ({ name, receiver: { openId: name } })),
  ]
  if (targets.length === 0) throw invalid('nobody_named', 'name at least one WeChat id or openid')
  const broadcast = await findBroadcast(ctx.db, key)
  if (broadcast === undefined) throw notFound('broadcast')
  const frozen = broadcast.frozenContent ?? (await composeContent(ctx, key.accountId, broadcast.content))
  const client = await accountClient(ctx, key.accountId)
  const results = await withPreviewDraft(client, frozen, async (mediaId) =>
    previewAll(client, targets, await messageFor(client, frozen, mediaId)),
  )
  await audit(ctx, ctx.db, {
    action: 'broadcast.test_sent',
    accountId: key.accountId,
    subject: subjectOf(key.broadcastId),
    detail: { targets: results.length, ok: results.filter((result) => result.ok).length },
  })
  return { results }
}

/** Articles need a draft to preview; ours is thrown away afterwards, the operator's own is not touched. */
async function withPreviewDraft<T>(
  client: OfficialAccountClient,
  frozen: FrozenContent,
  work: (mediaId: string | null) => Promise<T>,
): Promise<T> {
  if (frozen.kind !== 'articles') return work(null)
  const mediaId = await addDraft(client, frozen.articles)
  try {
    return await work(mediaId)
  } finally {
    await deleteDraft(client, mediaId).catch((error: unknown) => {
      if (!isWechatError(error)) throw error
    })
  }
}

async function previewAll(
  client: OfficialAccountClient,
  targets: Target[],
  message: MassContent,
): Promise<Result[]> {
  const results: Result[] = []
  for (const { name, receiver } of targets) {
    try {
      await previewMass(client, receiver, message)
      results.push({ target: name, ok: true, errcode: null, advice: null })
    } catch (error) {
      if (!isWechatError(error)) throw error
      const errcode = error.errcode ?? null
      results.push({ target: name, ok: false, errcode, advice: errcode === null ? null : adviceOf(errcode) })
    }
  }
  return results
}
