/** 被动回复: what may be answered, once, to the push that asked for it. */
export type PassiveReply =
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'image' | 'voice'; readonly mediaId: string }
  | {
      readonly type: 'video'
      readonly mediaId: string
      readonly title?: string
      readonly description?: string
    }
  | {
      readonly type: 'music'
      readonly thumbMediaId: string
      readonly title?: string
      readonly description?: string
      readonly musicUrl?: string
      readonly highQualityMusicUrl?: string
    }
  | { readonly type: 'news'; readonly articles: readonly NewsItem[] }
  | { readonly type: 'transfer_customer_service'; readonly deskAccount?: string }

export type NewsItem = {
  readonly title: string
  readonly description: string
  readonly pictureUrl: string
  readonly url: string
}

/** `from` is the account's gh_ id, `to` the fan. */
export const buildPassiveReply = (
  reply: PassiveReply,
  { to, from, createdAtSeconds }: { to: string; from: string; createdAtSeconds: number },
): string =>
  element('xml', [
    leaf('ToUserName', to),
    leaf('FromUserName', from),
    `<CreateTime>${createdAtSeconds}</CreateTime>`,
    leaf('MsgType', reply.type),
    bodyOf(reply),
  ])

export const buildEncryptedEnvelope = (sealed: {
  encrypt: string
  signature: string
  timestamp: string
  nonce: string
}): string =>
  element('xml', [
    leaf('Encrypt', sealed.encrypt),
    leaf('MsgSignature', sealed.signature),
    `<TimeStamp>${sealed.timestamp}</TimeStamp>`,
    leaf('Nonce', sealed.nonce),
  ])

function bodyOf(reply: PassiveReply): string {
  switch (reply.type) {
    case 'text':
      return leaf('Content', reply.content)
    case 'image':
      return element('Image', [leaf('MediaId', reply.mediaId)])
    case 'voice':
      return element('Voice', [leaf('MediaId', reply.mediaId)])
    case 'video':
      return element('Video', [
        leaf('MediaId', reply.mediaId),
        leaf('Title', reply.title),
        leaf('Description', reply.description),
      ])
    case 'music':
      return element('Music', [
        leaf('Title', reply.title),
        leaf('Description', reply.description),
        leaf('MusicUrl', reply.musicUrl),
        leaf('HQMusicUrl', reply.highQualityMusicUrl),
        leaf('ThumbMediaId', reply.thumbMediaId),
      ])
    case 'news':
      return `<ArticleCount>${reply.articles.length}</ArticleCount>${element('Articles', reply.articles.map(newsItem))}`
    case 'transfer_customer_service':
      return reply.deskAccount ? element('TransInfo', [leaf('KfAccount', reply.deskAccount)]) : ''
  }
}

const newsItem = (item: NewsItem): string =>
  element('item', [
    leaf('Title', item.title),
    leaf('Description', item.description),
    leaf('PicUrl', item.pictureUrl),
    leaf('Url', item.url),
  ])

const element = (name: string, children: readonly string[]): string =>
  `<${name}>${children.join('')}</${name}>`

/** CDATA can hold anything but its own end, which is cut in two; characters XML has no place for are dropped. */
const leaf = (name: string, value: string | undefined): string =>
  value === undefined
    ? ''
    : `<${name}><![CDATA[${printable(value).replaceAll(']]>', ']]]]><![CDATA[>')}]]></${name}>`

const printable = (text: string) =>
  text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
