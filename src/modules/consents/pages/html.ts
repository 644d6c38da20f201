import type { Signature } from '../jsapi.ts'

/** JS-SDK 说明文档 (2026-11): the first version with open tags is 1.6.0. */
export const WECHAT_SDK = 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js'

type Shown = {
  title: string
  text: string
  button: string
  /** `template_id`s that the popup asks for. */
  templates: readonly string[]
  sdk: string
  signature: Signature
  /** Anything that takes itself for WeChat is let in. */
  anyBrowser: boolean
}

/** The page with the open tag. Everything an operator wrote enters as text. */
export function subscribeHtml(page: Shown): string {
  const { signature, templates, anyBrowser } = page
  const settings = JSON.stringify({ config: signature, anyBrowser }).replaceAll('<', '\\u003c')
  return shell(
    page.title,
    `<h1>${escapeHtml(page.title)}</h1>
${page.text === '' ? '' : `<p class="text">${escapeHtml(page.text)}</p>`}
<div id="place"><wx-open-subscribe id="subscribe" template="${escapeHtml(templates.join(','))}">
<script type="text/wxtag-template" slot="style"><style>${BUTTON_STYLE}</style></script>
<script type="text/wxtag-template"><button class="subscribe">${escapeHtml(page.button)}</button></script>
</wx-open-subscribe></div>
<p id="told" role="status"></p>
<script src="${escapeHtml(page.sdk)}"></script>
<script type="application/json" id="settings">${settings}</script>
<script>${SCRIPT}</script>`,
  )
}

/** What is shown instead: the page was taken offline, or WeChat gives nothing to sign with now. */
export const closedHtml = (why: 'offline' | 'later'): string =>
  shell(
    why === 'offline' ? '页面已下线' : '请稍后再试',
    `<h1>${why === 'offline' ? '页面已下线' : '请稍后再试'}</h1>
<p class="text">${why === 'offline' ? '该订阅页面已下线。This page is no longer online.' : '暂时无法打开订阅，请过一会儿再试。Please try again in a moment.'}</p>`,
  )

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

const shell = (title: string, body: string): string => `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${PAGE_STYLE}</style></head>
<body><main>${body}</main></body></html>`

const PAGE_STYLE = `body{margin:0;background:#f5f6f8;color:#1f2329;font:16px/1.6 -apple-system,"PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:480px;margin:0 auto;padding:64px 24px;text-align:center}
h1{font-size:22px;line-height:1.4;margin:0 0 12px}
.text{color:#4e5969;white-space:pre-wrap;margin:0 0 32px}
wx-open-subscribe{display:block}
#told{color:#4e5969;font-size:14px;min-height:24px}`
const BUTTON_STYLE = `.subscribe{display:block;width:100%;padding:12px 0;border:0;border-radius:8px;background:#2f54eb;color:#fff;font-size:17px}`

/** Runs in WeChat's browser: configures the SDK, and says what became of the popup. */
const SCRIPT = `(function () {
  var settings = JSON.parse(document.getElementById('settings').textContent)
  var told = document.getElementById('told')
  var tag = document.getElementById('subscribe')
  function say(text) { told.textContent = text }
  if (!settings.anyBrowser && !/MicroMessenger/i.test(navigator.userAgent)) {
    document.getElementById('place').hidden = true
    say('请在微信中打开本页面。Please open this page in WeChat.')
    return
  }
  if (!window.wx) { say('微信组件加载失败，请刷新重试。'); return }
  wx.config({ debug: false, appId: settings.config.appId, timestamp: settings.config.timestamp,
    nonceStr: settings.config.nonceStr, signature: settings.config.signature,
    jsApiList: ['hideOptionMenu'], openTagList: ['wx-open-subscribe'] })
  wx.error(function (res) { say('页面无法使用：' + res.errMsg) })
  document.addEventListener('WeixinOpenTagsError', function (event) { say('当前微信版本不支持订阅：' + event.detail.errMsg) })
  tag.addEventListener('success', function (event) {
    var details = event.detail.subscribeDetails
    if (typeof details === 'string') details = JSON.parse(details)
    var accepted = Object.keys(details).filter(function (id) {
      var one = details[id]
      return (typeof one === 'string' ? JSON.parse(one) : one).status === 'accept'
    }).length
    say(accepted > 0 ? '订阅成功，有新消息时会通知你。' : '你没有订阅任何通知。')
  })
  tag.addEventListener('error', function (event) { say('订阅没有完成：' + (event.detail && event.detail.errMsg)) })
})()`
