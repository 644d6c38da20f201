import { addDraft } from '../../src/channels/official-account/drafts.ts'
import { uploadPermanent } from '../../src/channels/official-account/material.ts'
import { beijingMinute } from '../../src/kernel/beijing.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { collectFigures } from '../../src/modules/article-figures/collect.ts'
import type { Broadcast, Content } from '../../src/modules/broadcasts/schema.ts'
import { until } from '../support/index.ts'
import { atBeijing, type Bound, type SendingWorld } from '../support/sending.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

export type Truth = {
  msgDataId: string
  idx: number
  title: string
  read: number
  readOriginal: number
  share: number
  like: number
  wow: number
  favourite: number
  comment: number
}
export type StoredFigures = {
  msgDataId: string
  place: number
  statDay: string
  readers: number
  readOriginal: number
  favourites: number
  shares: number
  isFinal: boolean
}

/** What tests of figures do again and again in a world of their own. */
export function withFigures(world: SendingWorld) {
  const { ctx } = world
  /** Articles of these titles, drafted at WeChat and known here. */
  async function articles(
    account: Bound,
    titles: readonly string[],
    source = 'https://shop.example.com/a',
  ): Promise<Content> {
    const client = await accountClient(ctx, account.id)
    const cover = await uploadPermanent(client, 'image', {
      name: 'c.png',
      contentType: 'image/png',
      data: PNG,
    })
    const wechatId = await addDraft(
      client,
      titles.map((title) => ({
        title,
        content: `<p>${title}</p>`,
        thumb_media_id: cover.mediaId,
        need_open_comment: 1 as const,
        content_source_url: source,
      })),
    )
    await world.sync(account)
    const { rows } = await ctx.pool.query<{ id: string }>(
      'select id from article_sets where wechat_id = $1',
      [wechatId],
    )
    const articleSetId = rows[0]?.id as string
    return { kind: 'articles', articles: titles.map((_, index) => ({ articleSetId, index })) }
  }
  const quiet = () =>
    until(async () => !(await world.control<{ busy: boolean }>('GET', '/next-due')).busy, {
      what: 'the platform being idle',
    })
  return {
    /** 10:00 in Beijing, so many days after today. */
    morning: async (days: number, time = '10:00') => {
      await world.forward(atBeijing(ctx.clock.now(), days, time))
      await quiet()
    },
    quiet,
    articles,
    /** Sends articles of these titles to so many of the account's fans and waits for the result. */
    async send(
      account: Bound,
      titles: readonly string[],
      {
        people = account.fanIds.length,
        from = 0,
        name = titles[0] ?? '',
        source = 'https://shop.example.com/a',
      } = {},
    ): Promise<Broadcast> {
      const broadcast = await world.draft(account, {
        name,
        audience: await world.list(account, account.fanIds.slice(from, from + people)),
        content: await articles(account, titles, source),
      })
      await world.confirm(broadcast)
      await world.drain()
      return world.read(broadcast)
    },
    /** Looks until nothing is due. */
    async collect(where = ctx): Promise<number> {
      let looks = 0
      while ((await collectFigures(where)) > 0) looks += 1
      return looks
    },
    stored: async (account: Bound): Promise<StoredFigures[]> =>
      (
        await ctx.pool.query<StoredFigures>(
          `select msg_data_id as "msgDataId", place, stat_day::text as "statDay", readers, read_original as "readOriginal",
             favourites, shares, is_final as "isFinal"
           from article_figures where account_id = $1 order by msg_data_id, place, stat_day`,
          [account.id],
        )
      ).rows,
    /** The days that are read, and when next, to the minute in Beijing. */
    days: async (account: Bound) =>
      (
        await ctx.pool.query<{
          day: string
          due_at: Date | null
          problem: string | null
          errcode: number | null
        }>(
          'select day::text as day, due_at, problem, errcode from figure_days where account_id = $1 order by day',
          [account.id],
        )
      ).rows.map(({ due_at, ...row }) => ({ ...row, due: due_at && beijingMinute(due_at).slice(5) })),
    /** Nothing more is read of what was sent up to now. */
    stop: () => ctx.pool.query('update figure_days set due_at = null'),
    /** Everything that was really done, by the platform's own books. */
    truth: async (account: Bound): Promise<Truth[]> =>
      (await world.control<{ items: Truth[] }>('GET', `/articles?appid=${account.appid}`)).items,
    /** How often the account asked for figures; the platform writes that down a moment later. */
    async calls(account: Bound, { atLeast = 0 } = {}): Promise<number> {
      const count = async () => {
        const { rows } = await ctx.pool.query<{ n: number }>(
          `select coalesce(sum(u.used), 0)::int as n from simulator.usage u join simulator.account a on a.id = u.account_id
           where a.appid = $1 and u.quota = '/datacube/getarticletotaldetail'`,
          [account.appid],
        )
        return rows[0]?.n ?? 0
      }
      await until(async () => (await count()) >= atLeast, { what: 'the calls being counted' })
      return count()
    },
    rates: (account: Bound, rates: object, settings: object = {}) =>
      world.control('PATCH', `/accounts/${account.appid}`, { rates, settings }),
    msgDataIds: async (broadcast: Broadcast): Promise<string[]> =>
      (
        await ctx.pool.query<{ msg_data_id: string }>(
          'select msg_data_id from broadcast_batches where broadcast_id = $1 order by seq',
          [broadcast.id],
        )
      ).rows.map((row) => row.msg_data_id),
  }
}
