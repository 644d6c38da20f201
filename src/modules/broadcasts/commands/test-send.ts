import { setTimeout as delay } from 'node:timers/promises'
import { addDraft, deleteDraft } from '../../../channels/official-account/drafts.ts'
import { previewMass } from '../../../channels/official-account/mass.ts'
import { isWechatError, type OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { invalid, notFound } from '../../../kernel/errors.ts'
import { adviceOf } from '../../../wechat/error-codes.ts'
import type { MassContent } from '../../../wechat/payloads/mass.ts'
import { accountClient } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { canSeePersons, getFan, shortenId } from '../../contacts/index.ts'
import { composeContent, messageFor } from '../content.ts'
import { subjectOf } from '../prepare.ts'
import type { TestResult } from '../schema.ts'
import { armsOf, findBroadcast } from '../store/broadcasts.ts'
import type { FrozenContent } from '../store/groups.ts'

type Target = { name: string; fanId?: string; receiver: { openId: string } | { wechatId: string } }
/** 预览接口, 2026-11: so many a minute, whoever they are for. */
const PREVIEWS_A_MINUTE = 60

/** 测试发送: a preview for each named follower, as it would look; costs no fan's quota. One refusal doesn't stop the others. */
export async function testSend(
  ctx: Ctx,
  key: { accountId: string; broadcastId: string },
  input: { wechatIds: string[]; openids: string[]; fanIds: string[]; arm?: number | undefined },
): Promise<{ results: TestResult[] }> {
  const targets: Target[] = [
    ...[...new Set(input.wechatIds)].map((name) => ({ name, receiver: { wechatId: name } })),
    ...[...new Set(input.openids)].map((name) => ({ name, receiver: { openId: name } })),
    ...(await fansNamed(ctx, key.accountId, [...new Set(input.fanIds)])),
  ]
  if (targets.length === 0) throw invalid('nobody_named', 'name at least one WeChat id, openid or fan')
  const broadcast = await findBroadcast(ctx.db, key)
  if (broadcast === undefined) throw notFound('broadcast')
  const arm = armsOf(broadcast).find(({ number }) => number === (input.arm ?? 0))
  if (arm?.content == null) throw notFound('arm')
  const frozen = arm.frozenContent ?? (await composeContent(ctx, key.accountId, arm.content))
  const client = await accountClient(ctx, key.accountId)
  const { waitMs } = await ctx.rates.lease(`preview:${key.accountId}`, targets.length, PREVIEWS_A_MINUTE)
  await delay(waitMs)
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

async function fansNamed(ctx: Ctx, accountId: string, fanIds: readonly string[]): Promise<Target[]> {
  const shown = canSeePersons(ctx.actor)
  const targets: Target[] = []
  for (const fanId of fanIds) {
    const { openid, remark } = await getFan(ctx, accountId, fanId)
    const name = remark || (shown ? openid : shortenId(openid))
    targets.push({ name, fanId, receiver: { openId: openid } })
  }
  return targets
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
): Promise<TestResult[]> {
  const results: TestResult[] = []
  for (const { name, fanId = null, receiver } of targets) {
    try {
      await previewMass(client, receiver, message)
      results.push({ target: name, fanId, ok: true, errcode: null, advice: null })
    } catch (error) {
      if (!isWechatError(error)) throw error
      const errcode = error.errcode ?? null
      results.push({
        target: name,
        fanId,
        ok: false,
        errcode,
        advice: errcode === null ? null : adviceOf(errcode),
      })
    }
  }
  return results
}
