import { sql } from 'kysely'
import { z } from 'zod'
import type { Ctx } from '../../context.ts'
import type { Reaction } from '../manifest.ts'

const copyright = z
  .object({
    checkState: z
      .union([z.literal(1), z.literal(2), z.literal(3)])
      .optional()
      .catch(undefined),
    items: z.array(
      z.object({
        articleIndex: z.number(),
        auditState: z.number(),
        canReprint: z.boolean(),
        originalUrl: z.string().optional(),
      }),
    ),
  })
  .transform(({ checkState, items }) => ({
    checkState: checkState ?? null,
    articles: items.map(({ articleIndex, originalUrl, ...rest }) => ({
      place: articleIndex,
      ...rest,
      originalUrl: originalUrl || null,
    })),
  }))
const count = z.coerce.number().int().optional().catch(undefined)
const result = z.object({
  msgId: z.string(),
  status: z.string(),
  totalCount: count,
  filterCount: count,
  sentCount: count,
  errorCount: count,
  articleUrls: z.array(z.unknown()).catch([]).default([]),
  copyright: copyright.optional().catch(undefined),
})

/**
 * Keeps each pushed result of a mass job once, whoever sent the job and whether we know its id yet: the batch finds
 * it when its own answer is committed.
 */
export const massResults: Reaction = {
  name: 'broadcasts.mass-results',
  events: ['wechat.mass_finished'],
  async react(ctx: Ctx, events) {
    for (const event of events) {
      const parsed = result.safeParse(event.properties)
      if (!parsed.success) {
        ctx.log.error({ eventId: event.id }, 'a mass result without its job or status')
        continue
      }
      const { data } = parsed
      // WeChat's own events are always of an account
      if (event.accountId === null) continue
      await sql`insert into mass_results (account_id, msg_id, status, total_count, filter_count, sent_count, error_count,
          article_urls, originality, received_at)
        values (${event.accountId}::bigint, ${data.msgId}, ${data.status}, ${data.totalCount ?? null}, ${data.filterCount ?? null},
          ${data.sentCount ?? null}, ${data.errorCount ?? null}, ${JSON.stringify(data.articleUrls)}::jsonb,
          ${originalityOf(data)}::jsonb, ${event.at})
        on conflict (account_id, msg_id) do nothing`.execute(ctx.db)
    }
    await ctx.wake.notify('broadcasts-settle')
  },
}

/** Kept for articles only: of other contents WeChat checks none. */
const originalityOf = ({ copyright: found }: z.infer<typeof result>): string | null =>
  found === undefined || found.articles.length === 0 ? null : JSON.stringify(found)
