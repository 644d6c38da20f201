import {
  type ArticleTotal,
  articleOfStatistic,
  getArticleTotals,
} from '../../channels/official-account/statistics.ts'
import { isWechatError, type WechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { accountClient } from '../accounts/index.ts'
import { afterLook, lastStatDay, type Outcome } from './rules.ts'
import { type ClaimedDay, claimDay, endLook, type FigureRow, writeFigures } from './store.ts'

/** Said when new figures are there. */
export const ARTICLE_FIGURES_TOPIC = 'article-figures'
const NOT_READY = 61503
const MOST_PLACES = 8
/** `publish_type` 0: went out with a notification, as a mass send does. */
const NOTIFIED = 0

/**
 * Reads one day of one account: one call tells all its articles with their sums since publication (E9). First at 09:00 of the
 * next day, then every morning until the seventh; what was missed while nothing ran is all in the next look.
 */
export async function collectFigures(ctx: Ctx): Promise<number> {
  const claim = await claimDay(ctx.db, ctx.clock.now())
  if (claim === undefined) return 0
  const { outcome, errcode, rows } = await look(ctx, claim)
  const at = ctx.clock.now()
  const written = await inTransaction(ctx.db, async (trx) => {
    const next = afterLook({ now: at, day: claim.day, outcome, tries: claim.tries })
    if (!(await endLook(trx, claim, { outcome, errcode, at, ...next }))) return false
    await writeFigures(trx, { accountId: claim.accountId, at, rows })
    return true
  })
  if (written && rows.length > 0) await ctx.wake.notify(ARTICLE_FIGURES_TOPIC)
  return 1
}

type Seen = { outcome: Outcome; errcode: number | null; rows: FigureRow[] }

async function look(ctx: Ctx, { accountId, day }: ClaimedDay): Promise<Seen> {
  try {
    const client = await accountClient(ctx, accountId)
    const { rows, final } = await getArticleTotals(client, day)
    return {
      outcome: final ? 'read' : 'late',
      errcode: null,
      rows: rows.flatMap((row) => figuresOf(row, day, final)),
    }
  } catch (error) {
    if (!isWechatError(error)) throw error
    const { errcode = null, kind } = error
    ctx.log.warn({ accountId, day, errcode, kind }, 'figures of articles could not be read')
    return { outcome: outcomeOf(error), errcode, rows: [] }
  }
}

function outcomeOf({ errcode, kind }: WechatError): Outcome {
  if (errcode === NOT_READY) return 'late'
  if (kind === 'quota-day') return 'calls-used-up'
  return kind === 'content' || kind === 'account' ? 'refused' : 'busy'
}

const MESSAGE = '公众号消息'

/** The rows of one article that are kept; what isn't a mass send's, or is of a later day, is nobody's. */
function figuresOf(article: ArticleTotal, day: string, final: boolean): FigureRow[] {
  const key = articleOfStatistic(article.msgid)
  if (key === undefined || article.publish_type !== NOTIFIED) return []
  if (key.position < 1 || key.position > MOST_PLACES) return []
  return article.detail_list
    .filter(({ stat_date }) => stat_date >= day && stat_date <= lastStatDay(day))
    .map((sums) => ({
      msg_data_id: key.msgDataId,
      place: key.position,
      stat_day: sums.stat_date,
      sent_day: day,
      title: article.title,
      url: article.content_url || null,
      readers: sums.read_user,
      message_readers:
        sums.read_user_source.length === 0
          ? null
          : sums.read_user_source
              .filter(({ scene_desc }) => scene_desc === MESSAGE)
              .reduce((sum, { user_count }) => sum + user_count, 0),
      read_original: sums.redirect_ori_page_user,
      favourites: sums.collection_user,
      shares: sums.share_user,
      likes: sums.like_user,
      wows: sums.zaikan_user,
      comments: sums.comment_count,
      finish_rate: sums.read_finish_rate,
      is_final: final,
    }))
}
