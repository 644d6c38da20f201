import type { Account } from '../official-account/account.ts'
import { type Article, PICTURES } from '../official-account/drafts/article.ts'
import { addMedia, mediaIdOf } from '../official-account/material/store.ts'
import { newArticleId, nextId, publish } from '../official-account/publish/publications.ts'
import type { Queries } from '../store/database.ts'
import { drawPng } from './pictures.ts'
import { AUTHORS, PARAGRAPHS, TITLES } from './words.ts'

const COVERS = 8
const DAY_MS = 86_400_000

/** Gives a new account pictures, drafts (every third with several articles) and things it published before. */
export async function fillShelves(
  tx: Queries,
  account: Account,
  wanted: { drafts: number; articles: number },
): Promise<void> {
  const covers: string[] = []
  for (let n = 0; n < COVERS; n += 1) {
    const bytes = drawPng(
      n % 4 === 3 ? 300 : 600,
      n % 4 === 3 ? 300 : 256,
      (Number(account.seed) * 53 + n * 45) % 360,
    )
    const at = new Date(account.createdAt.getTime() - (COVERS - n) * 3_600_000)
    const media = {
      kind: 'image',
      permanent: true,
      name: `封面${n + 1}.png`,
      content_type: 'image/png',
      bytes,
      mediaId: mediaIdOf(account.appid, account.seed, 'cover', n),
    } as const
    covers.push(await addMedia(tx, account.id, at, media))
  }
  for (let n = 0; n < wanted.drafts; n += 1) {
    const at = new Date(account.createdAt.getTime() - n * 5 * 3_600_000)
    await tx.run(
      'insert into draft (media_id, account_id, articles, created_at, updated_at) values ($1, $2, $3, $4, $4)',
      [
        mediaIdOf(account.appid, account.seed, 'draft', n),
        account.id,
        JSON.stringify(articlesOf(account, covers, n)),
        at,
      ],
    )
  }
  for (let n = wanted.articles - 1; n >= 0; n -= 1)
    await publish(tx, {
      accountId: account.id,
      msgDataId: await nextId(tx),
      articleId: newArticleId(),
      notified: false,
      articles: articlesOf(account, covers, n + 7),
      at: new Date(account.createdAt.getTime() - (n * 2 + 1) * DAY_MS),
    })
  await addPast(tx, account)
}

function articlesOf(account: Account, covers: string[], n: number): Article[] {
  const count = n % 3 === 2 ? 2 + (n % 4) : 1
  return Array.from({ length: count }, (_none, index) => article(account, covers, n * 5 + index))
}

function article(account: Account, covers: string[], n: number): Article {
  const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!
  const shift = n + Number(BigInt(account.seed) % 97n)
  const issue = Math.floor(n / TITLES.length)
  const title = `${pick(TITLES, shift * 7)}${issue > 0 ? `（${issue + 1}）` : ''}`
  const cover = pick(covers, shift)
  const picture = `${PICTURES}${pick(covers, shift + 1)}/640?wx_fmt=png`
  const paragraphs = [0, 1, 2].map(
    (at) => `<p style="margin:0 0 16px;line-height:1.8;">${pick(PARAGRAPHS, shift + at)}</p>`,
  )
  return {
    article_type: 'news',
    title,
    author: pick(AUTHORS, shift),
    digest: [...pick(PARAGRAPHS, shift)].slice(0, 54).join(''),
    content: `<section>${paragraphs[0]}<p style="text-align:center;"><img src="${picture}" data-ratio="0.43" data-w="600" /></p><h2 style="font-size:18px;">${pick(TITLES, shift + 3)}</h2>${paragraphs[1]}${paragraphs[2]}</section>`,
    content_source_url: n % 2 === 0 ? `https://shop.example.com/articles/${n}` : '',
    thumb_media_id: cover,
    need_open_comment: account.verified && n % 2 === 0 ? 1 : 0,
    only_fans_can_comment: 0,
  }
}

/** Readers of the last days, so that statistics have a past: fewer with each day after publication. */
async function addPast(tx: Queries, account: Account): Promise<void> {
  await tx.run(
    `insert into article_day (msg_data_id, idx, day, account_id, read_user, share_user, like_user, collection_user)
     select p.msg_data_id, a.idx, (p.published_at at time zone 'Asia/Shanghai')::date + d, p.account_id,
       readers, readers / 14, readers / 9, readers / 30
     from publication p join article a using (msg_data_id), generate_series(0, 4) as d,
       lateral (select (((hashint8extended(p.msg_data_id, $2::bigint) & 255) + 40) / (a.idx * (d * 2 + 1)))::int as readers) r
     where p.account_id = $1 and p.published_at + d * interval '1 day' < $3`,
    [account.id, account.seed, account.createdAt],
  )
}
