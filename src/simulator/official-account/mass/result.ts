import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import type { Account } from '../account.ts'
import { pushEvent } from '../callbacks/queue.ts'
import { cdata, list, type Node, node } from '../callbacks/xml.ts'
import { articleKey, articleUrl } from '../publish/publications.ts'
import type { Counts, Job } from './job.ts'
import { checkedArticles, checkStateOf } from './originality.ts'

/** MASSSENDJOBFINISH. Both containers are always there; for a text they are empty. */
export async function pushMassResult(
  world: World,
  tx: Queries,
  result: { job: Job; account: Account; outcome: string; counts: Counts },
): Promise<void> {
  const { job, account, outcome, counts } = result
  const fields: Node[] = [
    node('MsgID', job.msg_id),
    cdata('Status', outcome),
    node('TotalCount', counts.total),
    node('FilterCount', counts.filtered),
    node('SentCount', counts.sent),
    node('ErrorCount', counts.errors),
    copyright(job),
    articleUrls(world, job, outcome),
  ]
  await pushEvent(world, tx, account, {
    openid: senderOf(account),
    event: 'MASSSENDJOBFINISH',
    at: job.due_at,
    fields,
  })
}

/** The account's own sender, the same in every result. */
const senderOf = (account: Account): string =>
  `o${account.ghId.replace(/\W/g, '').padEnd(27, '0').slice(0, 27)}`

function copyright({ articles, forced }: Job): Node {
  const count = articles?.length ?? 0
  const items = checkedArticles(forced, count).map((found, index) =>
    list('item', [
      node('ArticleIdx', index + 1),
      ...Object.entries(found).map(([name, value]) =>
        typeof value === 'string' ? cdata(name, value) : node(name, value),
      ),
    ]),
  )
  return list('CopyrightCheckResult', [
    node('Count', items.length),
    list('ResultList', items),
    node('CheckState', checkStateOf(forced, count)),
  ])
}

function articleUrls(world: World, job: Job, outcome: string): Node {
  const articles = outcome === 'send success' && job.msg_data_id ? (job.articles ?? []) : []
  const items = articles.map((_article, index) =>
    list('item', [
      node('ArticleIdx', index + 1),
      cdata('ArticleUrl', articleUrl(world, articleKey(job.msg_data_id ?? '', index + 1))),
    ]),
  )
  return list('ArticleUrlResult', [node('Count', items.length), list('ResultList', items)])
}
