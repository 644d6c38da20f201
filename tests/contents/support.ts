import { type ArticleInput, addDraft } from '../../src/channels/official-account/drafts.ts'
import { uploadPermanent } from '../../src/channels/official-account/material.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { pngOf } from '../support/pictures.ts'
import type { Bound, SendingWorld } from '../support/sending.ts'

/** A draft made at WeChat and synced here; returns our id of it. */
export async function draftedSet(
  world: SendingWorld,
  account: Bound,
  articles: readonly ArticleInput[],
): Promise<string> {
  const client = await accountClient(world.ctx, account.id)
  const cover = await uploadPermanent(client, 'image', {
    name: 'c.png',
    contentType: 'image/png',
    data: pngOf(),
  })
  const wechatId = await addDraft(
    client,
    articles.map((article) => ({ thumb_media_id: cover.mediaId, ...article })),
  )
  await world.sync(account)
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    'select id from article_sets where wechat_id = $1',
    [wechatId],
  )
  return rows[0]?.id as string
}

/** The articles of a job as the platform kept them. */
export async function articlesSentBy(world: SendingWorld, msgId: string | null | undefined) {
  const { rows } = await world.ctx.pool.query<{ articles: ArticleInput[] }>(
    'select articles from simulator.mass_job where msg_id = $1::bigint',
    [msgId],
  )
  return rows[0]?.articles
}

/** Uploads a file as the console does. */
export function uploadTo(
  world: SendingWorld,
  account: Bound,
  {
    data,
    name,
    kind = 'image',
    still = false,
  }: { data: Buffer; name: string; kind?: string; still?: boolean },
) {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(data)]), name)
  return world.api('POST', `/api/accounts/${account.id}/media?kind=${kind}&still=${still}`, form)
}
