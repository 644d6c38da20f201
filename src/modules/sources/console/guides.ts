import type { SourceKind } from '../schema.ts'

export type Guide = 'h5' | 'miniProgram' | 'segment' | 'http' | 'sensors' | 'signature'

/** What each kind of key is for; the signature is computed on a server for keys that are public. */
export const GUIDES: Record<SourceKind, readonly Guide[]> = {
  server: ['segment', 'http', 'sensors'],
  public: ['h5', 'miniProgram', 'signature'],
}

/** What a code sample is filled with. `host` is this installation’s address without a slash at its end. */
export type Filling = { host: string; writeKey: string; signingSecret: string }

export const PLACEHOLDER = { writeKey: 'WRITE_KEY', signingSecret: 'SIGNING_SECRET' } as const

export const h5Snippet = ({ host, writeKey }: Filling): string =>
  `<script async src="${host}/sdk/weida.js" data-key="${writeKey}"></script>`

export const h5Calls = `window.weida = window.weida || []   // 脚本到达前先排队 queued until the script is there

weida.push(['track', 'add_to_cart', { product: '跑鞋', price: 399 }])
weida.push(['identify', { openid: 'OPENID', signature: 'SIGNATURE' }])

<button data-weida-event="favourite" data-weida-prop-product="跑鞋">收藏</button>`

export const h5Share = `wx.updateAppMessageShareData(weida.share({
  title: '跑鞋上新',
  link: 'https://shop.example.com/shoes',
  imgUrl: 'https://shop.example.com/shoes.jpg',
}))`

export const csp = ({ host }: Filling): string => `script-src ${host}; connect-src ${host}`

export const miniProgramSnippet = ({ host, writeKey }: Filling): string => `// app.js
const weida = require('./weida.js')
weida.init({ key: '${writeKey}', api: '${host}' })

App({
  onLaunch() {
    // 登录后，由你的服务器给出 openid 和签名
    // after wx.login, your server gives the openid and its signature
    weida.identify({ openid, signature })
  },
})

weida.track('favourite', { product: '跑鞋' })`

export const segmentSnippet = ({ host, writeKey }: Filling): string => `// npm install @segment/analytics-node
import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({
  writeKey: '${writeKey}',
  host: '${host}',
})

analytics.identify({
  userId: 'u1001',
  traits: { gender: '女', city: '上海', birthday: '1995-06-18' },
  context: { openid: 'OPENID', externalIds: [{ type: 'phone', id: '+8613800000000' }] },
})
analytics.track({
  userId: 'u1001',
  event: 'order_paid',
  properties: { order_no: 'A1', category: '鞋', amount: 399 },
})
await analytics.closeAndFlush()`

export const httpSnippet = ({ host, writeKey }: Filling): string => `curl ${host}/v1/batch \\
  -u '${writeKey}:' \\
  -H 'content-type: application/json' \\
  -d '{"batch": [{
    "type": "track",
    "messageId": "order-A1-paid",
    "userId": "u1001",
    "event": "order_paid",
    "properties": {"category": "鞋", "amount": 399}
  }]}'`

export const sensorsAddress = ({ host, writeKey }: Filling): string =>
  `${host}/sa?project=default&token=${writeKey}`

export const sensorsSnippet = (filling: Filling): string => `// npm install sa-sdk-node
import SensorsAnalytics from 'sa-sdk-node'

const sa = new SensorsAnalytics()
sa.submitTo('${sensorsAddress(filling)}')

sa.track('u1001', 'order_paid', { category: '鞋', amount: 399 })
sa.profileSet('u1001', { city: '上海' })`

export const signatureSnippet = ({
  signingSecret,
}: Filling): string => `// Node.js，在你的服务器上 on your server
import { createHmac } from 'node:crypto'
const signature = createHmac('sha256', '${signingSecret}').update(openid).digest('hex')

// PHP
$signature = hash_hmac('sha256', $openid, '${signingSecret}');

// Java (Apache Commons Codec)
String signature = new HmacUtils("HmacSHA256", "${signingSecret}").hmacHex(openid);`

export const signatureUse = `weida.identify({ openid: 'OPENID', signature: 'SIGNATURE' })`
