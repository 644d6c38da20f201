// The part of WeChat's JS-SDK that subscribe pages use, for browsers that are not WeChat. Who holds the phone stands
// behind the `#` of the page's address, where the phone put it.
;(() => {
  const platform = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src).origin
  const holder = new URLSearchParams(location.hash.slice(1))
  const openid = holder.get('wx-openid')
  const appid = holder.get('wx-appid')
  /** @type {(() => void)[]} */
  const readies = []
  /** @type {((res: { errMsg: string }) => void)[]} */
  const errors = []
  /** @type {{ state: 'new' | 'ok' | 'wrong', errMsg: string, tags: string[] }} */
  const config = { state: 'new', errMsg: '', tags: [] }

  /** @param {string} errMsg */
  function finish(errMsg) {
    config.state = errMsg === 'config:ok' ? 'ok' : 'wrong'
    config.errMsg = errMsg
    if (config.state === 'ok') {
      for (const ready of readies) ready()
      for (const tag of document.querySelectorAll('wx-open-subscribe')) draw(/** @type {HTMLElement} */ (tag))
    } else for (const error of errors) error({ errMsg })
  }

  const wx = {
    /** @param {any} options */
    config(options) {
      config.tags = options.openTagList ?? []
      if (!openid) return finish('config:fail, the page was not opened from the phone')
      if (options.appId !== appid) return finish('config:invalid appid')
      const { appId, timestamp, nonceStr, signature } = options
      const url = location.href.split('#')[0] ?? ''
      const query = new URLSearchParams({ appid: appId, timestamp, nonceStr, signature, url })
      fetch(`${platform}/jssdk/config?${query}`)
        .then((answer) => answer.json())
        .then(({ errMsg }) => finish(errMsg))
        .catch(() => finish('config:fail'))
    },
    /** @param {() => void} then */
    ready(then) {
      if (config.state === 'ok') then()
      else readies.push(then)
    },
    /** @param {(res: { errMsg: string }) => void} then */
    error(then) {
      if (config.state === 'wrong') then({ errMsg: config.errMsg })
      else errors.push(then)
    },
    hideOptionMenu() {},
    checkJsApi() {},
  }
  Object.assign(window, { wx, jWeixin: wx })

  /** Only tags that were asked for in wx.config are drawn, and what is in them only from its template scripts. @param {HTMLElement} tag */
  function draw(tag) {
    if (!config.tags.includes('wx-open-subscribe') || tag.shadowRoot) return
    const parts = [...tag.querySelectorAll('script[type="text/wxtag-template"]')]
    const place = tag.attachShadow({ mode: 'open' })
    for (const part of parts) {
      const holder = document.createElement('template')
      holder.innerHTML = part.textContent ?? ''
      place.append(holder.content)
    }
    place.addEventListener('click', (event) => {
      if (/** @type {Element} */ (event.target).closest('button,a,div')) ask(tag)
    })
  }

  /** @param {HTMLElement} tag */
  function ask(tag) {
    const templates = tag.getAttribute('template') ?? ''
    const query = new URLSearchParams({ appid: appid ?? '', openid: openid ?? '', templates })
    const frame = document.createElement('iframe')
    frame.src = `${platform}/jssdk/popup?${query}`
    frame.title = '订阅'
    frame.style.cssText = 'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:99'
    /** @param {MessageEvent} message */
    const heard = ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== platform) return
      window.removeEventListener('message', heard)
      frame.remove()
      const { name, detail } = data
      tag.dispatchEvent(new CustomEvent(name, { detail }))
    }
    window.addEventListener('message', heard)
    document.body.append(frame)
  }
})()
