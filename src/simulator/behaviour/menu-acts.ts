import { createHash } from 'node:crypto'
import type { Account } from '../official-account/account.ts'
import { pushEvent, pushMessage } from '../official-account/callbacks/queue.ts'
import { cdata, list, type Node, node } from '../official-account/callbacks/xml.ts'
import { addMedia, findMedia, mediaUrl } from '../official-account/material/store.ts'
import { openWindow } from '../official-account/personal/windows.ts'
import { nextId } from '../official-account/publish/publications.ts'
import { drawPng } from '../population/pictures.ts'
import type { Queries } from '../store/database.ts'
import type { World } from '../world.ts'

type Who = { fanId: string; openid: string; at: Date }

export type MenuItem = {
  type?: string
  name?: string
  key?: string
  url?: string
  appid?: string
  pagepath?: string
  media_id?: string
  article_id?: string
  value?: string
  news_info?: { list?: { title: string; digest?: string; content_url: string; cover_url?: string }[] }
}
type Tap = Who & { item: MenuItem; menuId?: string }
type Deed = (world: World, tx: Queries, account: Account, tap: Tap) => Promise<void>

/** 点击自定义菜单: only these open a window. */
const OPENING = new Set(['click', 'scancode_push', 'scancode_waitmsg'])

/** Taps a button of the menu; the phone's own dialogs (code, picture, place) are answered at once. */
export async function tapMenu(world: World, tx: Queries, account: Account, tap: Tap): Promise<void> {
  const type = tap.item.type ?? 'click'
  if (OPENING.has(type)) await openWindow(tx, account, { fanId: tap.fanId, kind: 'menu', at: tap.at })
  await (DEEDS[type] ?? keyed)(world, tx, account, tap)
}

/** What follows the event's name: its key, and for some the container of what the fan did. */
const event =
  (name: string, key: (item: MenuItem) => string | undefined, more: (tap: Tap) => Node[] = () => []): Deed =>
  (world, tx, account, tap) =>
    pushEvent(world, tx, account, {
      fanId: tap.fanId,
      openid: tap.openid,
      at: tap.at,
      event: name,
      fields: [cdata('EventKey', key(tap.item) ?? ''), ...more(tap)],
    })

const menuId = ({ menuId: id }: Tap): Node[] => (id === undefined ? [] : [node('MenuId', id)])
const scanned = (): Node[] => [
  list('ScanCodeInfo', [cdata('ScanType', 'qrcode'), cdata('ScanResult', 'demo')]),
]
const placed = (): Node[] => [
  list('SendLocationInfo', [
    cdata('Location_X', '31.2304'),
    cdata('Location_Y', '121.4737'),
    cdata('Scale', '16'),
    cdata('Label', '上海市黄浦区人民大道'),
    cdata('Poiname', ''),
  ]),
]

const keyed: Deed = event('CLICK', (item) => item.key)

/** The event says how many pictures were chosen; each follows as a message of its own. */
const picture =
  (name: string): Deed =>
  async (world, tx, account, tap) => {
    const bytes = drawPng(64, 64, Number(BigInt(tap.fanId) % 360n))
    const md5 = createHash('md5').update(bytes).digest('hex')
    await event(
      name,
      (item) => item.key,
      () => [
        list('SendPicsInfo', [node('Count', 1), list('PicList', [list('item', [cdata('PicMd5Sum', md5)])])]),
      ],
    )(world, tx, account, tap)
    const media = { kind: 'image', permanent: false, name: 'photo.png', content_type: 'image/png' } as const
    const id = await addMedia(tx, account.id, tap.at, { ...media, bytes })
    const msgId = await nextId(tx)
    await openWindow(tx, account, { fanId: tap.fanId, kind: 'message', at: tap.at })
    await pushMessage(world, tx, account, {
      fanId: tap.fanId,
      openid: tap.openid,
      at: tap.at,
      msgtype: 'image',
      msgId,
      fields: [
        cdata('PicUrl', mediaUrl(world, { media_id: id, content_type: media.content_type })),
        cdata('MediaId', id),
      ],
    })
  }

/** Material comes by itself, and no event tells of it. */
const material: Deed = async (world, tx, account, { item, fanId, at }) => {
  const media = await findMedia(tx, account.id, item.media_id ?? item.value ?? '', world.clock.now())
  if (!media) return
  const { kind, media_id, title } = media
  await give(tx, account, { fanId, at, msgtype: kind, content: { media_id, title } })
}

const article: Deed = async (_world, tx, account, { item, fanId, at }) => {
  const articles = await tx.rows<{ key: string; fields: object }>(
    `select key, fields - 'content' as fields from article join publication using (msg_data_id)
     where publication.account_id = $1 and article_id = $2 and article.deleted_at is null order by idx`,
    [account.id, item.article_id ?? ''],
  )
  const [first] = articles.map(({ key, fields }) => ({ ...fields, url: `/s/${key}` }))
  if (first) await give(tx, account, { fanId, at, msgtype: 'mpnewsarticle', content: { articles: [first] } })
}

const ownText: Deed = (_world, tx, account, { item, fanId, at }) =>
  give(tx, account, { fanId, at, msgtype: 'text', content: { content: item.value ?? '' } })

const ownNews: Deed = (_world, tx, account, { item, fanId, at }) => {
  const articles = (item.news_info?.list ?? []).slice(0, 1).map((one) => ({
    title: one.title,
    description: one.digest ?? '',
    url: one.content_url,
    picurl: one.cover_url ?? '',
  }))
  return give(tx, account, { fanId, at, msgtype: 'news', content: { articles } })
}

type Given = { fanId: string; at: Date; msgtype: string; content: object }

async function give(tx: Queries, account: Account, { fanId, at, msgtype, content }: Given): Promise<void> {
  const id = await nextId(tx)
  await tx.run(
    `insert into message (id, account_id, kind, msgtype, content, content_key, created_at) values ($1, $2, 'reply', $3, $4, '', $5)`,
    [id, account.id, msgtype, JSON.stringify(content), at],
  )
  await tx.run(
    `insert into receipt (account_id, fan_id, message_id, kind, received_at) values ($1, $2, $3, 'reply', $4)`,
    [account.id, fanId, id, at],
  )
}

const nothing: Deed = async () => undefined

const DEEDS: Record<string, Deed> = {
  click: keyed,
  view: event('VIEW', (item) => item.url, menuId),
  miniprogram: event('view_miniprogram', (item) => item.pagepath, menuId),
  scancode_push: event('scancode_push', (item) => item.key, scanned),
  scancode_waitmsg: event('scancode_waitmsg', (item) => item.key, scanned),
  pic_sysphoto: picture('pic_sysphoto'),
  pic_photo_or_album: picture('pic_photo_or_album'),
  pic_weixin: picture('pic_weixin'),
  location_select: event('location_select', (item) => item.key, placed),
  media_id: material,
  article_id: article,
  article_view_limited: nothing,
  view_limited: nothing,
  // made on WeChat's own pages
  text: ownText,
  img: material,
  voice: material,
  video: material,
  news: ownNews,
}
