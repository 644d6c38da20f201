import type { Executor } from '../../infra/transaction.ts'
import { holdMaterials, type MaterialRef, refsByWechatIds } from '../contents/index.ts'
import { leavesOf } from './rules.ts'
import type { LiveMenus, MenuDraft, WireButton } from './schema.ts'

type Ids = { media: string[]; articles: string[] }

/** Says what the edited menus name. Answers of buttons are rules, which hold their own. */
export async function holdOfMenus(
  trx: Executor,
  accountId: string,
  menus: readonly MenuDraft[],
): Promise<void> {
  const refs: MaterialRef[] = []
  const ids: Ids = { media: [], articles: [] }
  for (const { button } of leavesOf(menus)) {
    const { type, mediaAssetId, mediaId, articleSetId, articleId } = button
    if (type === 'media_id') {
      if (mediaAssetId !== null) refs.push({ material: 'media', id: mediaAssetId })
      else ids.media.push(mediaId)
    }
    if (type === 'article_id' || type === 'article_view_limited') {
      if (articleSetId !== null) refs.push({ material: 'article-set', id: articleSetId })
      else ids.articles.push(articleId)
    }
  }
  const known = await refsByWechatIds(trx, accountId, ids)
  await holdMaterials(trx, { kind: 'menu', id: accountId, accountId, name: '', live: false }, [
    ...refs,
    ...known,
  ])
}

/** Says what the menus name that WeChat shows. */
export async function holdOfLive(trx: Executor, accountId: string, live: LiveMenus | null): Promise<void> {
  const buttons = [live?.buttons ?? [], ...(live?.conditional.map((one) => one.buttons) ?? [])].flat()
  const refs = await refsByWechatIds(trx, accountId, idsIn(buttons))
  await holdMaterials(trx, { kind: 'live-menu', id: accountId, accountId, name: '', live: true }, refs)
}

function idsIn(buttons: readonly WireButton[]): Ids {
  const all = buttons.flatMap((button) => [button, ...(button.sub_button ?? [])])
  return {
    media: all.flatMap((one) => one.media_id ?? []),
    articles: all.flatMap((one) => one.article_id ?? []),
  }
}
