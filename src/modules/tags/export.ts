import type { Ctx } from '../../context.ts'
import { invalid } from '../../kernel/errors.ts'
import { SYSTEM_TAGS } from '../../wechat/rules/tag-limits.ts'
import { requireSnapshot } from './people.ts'
import { tagName } from './schema.ts'
import { selectTags } from './store.ts'
import { tagFansInBulk } from './wechat/change-fans.ts'
import { createWechatTag } from './wechat/names.ts'

type Export = {
  accountId: string
  /** One of both: a tag of the account, or a name, made at WeChat where the account has no such tag. */
  tagId?: number
  tagName?: string
  snapshotId: string
  /** Whoever carries the tag and is not in the snapshot loses it. */
  replace: boolean
}

/**
 * Starts giving a WeChat tag to the followers among a snapshot's members (导出到微信标签), in the background, 50 a call; the run
 * is read by `GET /api/tag-runs/:tagRunId`. Throws `platform_content` (45056) at 100 tags, `tag_run_open` while another
 * such run of the account is under way.
 */
export async function exportToWechatTag(
  ctx: Ctx,
  { accountId, tagId, tagName: name, snapshotId, replace }: Export,
): Promise<{ runId: string; tagId: number }> {
  await requireSnapshot(ctx, snapshotId)
  const known = await selectTags(ctx.db, accountId)
  const parsed = tagName.safeParse(name ?? '')
  const found =
    tagId ??
    known.find((tag) => tag.name === name?.trim())?.tagId ??
    (parsed.success ? await createWechatTag(ctx, accountId, parsed.data) : undefined)
  if (found === undefined) throw invalid('tag_name', 'a tag has a name of 1 to 30 characters')
  if (SYSTEM_TAGS.includes(found)) {
    throw invalid('wechat_system_tag', 'the tag is WeChat’s own', { tagId: found })
  }
  const people = { kind: 'snapshot' as const, snapshotId }
  const runId = await tagFansInBulk(ctx, accountId, { people, give: [found], take: [], replace })
  return { runId, tagId: found }
}
