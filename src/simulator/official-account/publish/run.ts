import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import { type Account, getAccountById } from '../account.ts'
import { pushEvent } from '../callbacks/queue.ts'
import { cdata, list, type Node, node } from '../callbacks/xml.ts'
import type { Article } from '../drafts/article.ts'
import { articleUrl, newArticleId, publish } from './publications.ts'

type Job = {
  publish_id: string
  account_id: number
  media_id: string
  msg_data_id: string
  articles: Article[]
  due_at: Date
}

/** Ends the next publishing job whose time has come; false when there is none. */
export function runDuePublishJob(world: World): Promise<boolean> {
  return world.db.transaction(async (tx) => {
    const job = await tx.row<Job>(
      `select * from publish_job where finished_at is null and due_at <= $1 order by due_at, publish_id limit 1 for update`,
      [world.clock.now()],
    )
    if (!job) return false
    const account = await getAccountById(tx, job.account_id)
    const status = account.settings.nextPublish?.[0] ?? 0
    if (account.settings.nextPublish?.length)
      await tx.run(
        `update account set settings = jsonb_set(settings, '{nextPublish}', (settings->'nextPublish') - 0) where id = $1`,
        [account.id],
      )
    await finish(world, tx, { job, account, status })
    return true
  })
}

async function finish(
  world: World,
  tx: Queries,
  { job, account, status }: { job: Job; account: Account; status: number },
): Promise<void> {
  const articleId = status === 0 ? newArticleId() : null
  await tx.run(
    'update publish_job set status = $2, article_id = $3, finished_at = $4 where publish_id = $1',
    [job.publish_id, status, articleId, job.due_at],
  )
  const info: Node[] = [node('publish_id', job.publish_id), node('publish_status', status)]
  if (articleId) {
    const keys = await publish(tx, {
      accountId: account.id,
      msgDataId: job.msg_data_id,
      articleId,
      notified: false,
      articles: job.articles,
      at: job.due_at,
    })
    await tx.run('delete from draft where media_id = $1', [job.media_id])
    const items = keys.map((key, index) =>
      list('item', [node('idx', index + 1), cdata('article_url', articleUrl(world, key))]),
    )
    info.push(cdata('article_id', articleId), list('article_detail', [node('count', items.length), ...items]))
  } else info.push(...job.articles.map((_article, index) => node('fail_idx', index + 1)))
  await pushEvent(world, tx, account, {
    openid: `o${account.ghId.replace(/\W/g, '').padEnd(27, '0').slice(0, 27)}`,
    event: 'PUBLISHJOBFINISH',
    at: job.due_at,
    fields: [list('PublishEventInfo', info)],
  })
}
