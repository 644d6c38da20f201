/*! Weida 微达 H5 tracker, Apache-2.0. No dependencies; it never throws into the page. */
;(() => {
  const VERSION = '1.1.0'
  const BATCH = 50
  const MOST_KEPT = 200
  const BEACON_BYTES = 60_000
  const MESSAGE_BYTES = 30_000
  const KEEP_MS = 7 * 86_400_000
  // what signs people in has no business in a log of pages
  const SECRET = /^(code|state|token|ticket|access_token|openid|signature)$/i

  const waiting = window.weida
  if (waiting?.version) return
  const script = document.currentScript
  const options = { key: '', api: '', page: true, click: true }
  const memory = {}
  let queue = []
  let sending = false
  let refused = false
  let started = false
  let failures = 0
  let timer = 0
  let lastPage = ''

  const safe =
    (work) =>
    (...args) => {
      try {
        return work(...args)
      } catch (error) {
        if (options.debug) console.warn('weida', error)
      }
    }

  // storage may be switched off: then memory lasts as long as the page
  function read(name) {
    try {
      const text = localStorage.getItem(`weida.${name}`)
      if (text !== null) return JSON.parse(text)
    } catch {}
    return memory[name]
  }
  function write(name, value) {
    memory[name] = value
    try {
      if (value === undefined) localStorage.removeItem(`weida.${name}`)
      else localStorage.setItem(`weida.${name}`, JSON.stringify(value))
    } catch {}
  }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    return Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('')
  }
  function anonymousId() {
    const kept = read('id')
    if (typeof kept === 'string') return kept
    const id = newId()
    write('id', id)
    return id
  }

  function pageNow() {
    const { origin, pathname, search } = location
    const open = search
      .slice(1)
      .split('&')
      .filter((pair) => pair && !SECRET.test(pair.split('=')[0]))
      .join('&')
    return {
      url: (origin + pathname + (open && `?${open}`)).slice(0, 1000),
      path: pathname.slice(0, 500),
      title: document.title.slice(0, 200),
      referrer: document.referrer.split('?')[0].slice(0, 500),
    }
  }

  /** What nobody has confirmed; other tabs of the site add to the same list. */
  function stored() {
    const list = read('queue')
    return Array.isArray(list) ? list : []
  }
  function forget(batch) {
    const gone = new Set(batch.map((one) => one.messageId))
    const left = (one) => !gone.has(one.messageId)
    queue = queue.filter(left)
    write('queue', stored().filter(left))
  }

  function add(type, fields) {
    const message = {
      type,
      messageId: newId(),
      anonymousId: anonymousId(),
      timestamp: new Date().toISOString(),
      ...fields,
      context: {
        ...read('person'),
        page: pageNow(),
        locale: navigator.language,
        inWechat: /MicroMessenger/i.test(navigator.userAgent),
        library: { name: 'weida-h5', version: VERSION },
      },
    }
    if (bytesOf(message) > MESSAGE_BYTES) throw new Error(`too large: ${fields.event ?? type}`)
    queue = [...queue, message].slice(-MOST_KEPT)
    write('queue', [...stored(), message].slice(-MOST_KEPT))
    later(queue.length >= BATCH ? 0 : 1000)
  }
  /** At most three bytes for what is not ASCII. */
  const bytesOf = (value) => JSON.stringify(value).replace(/[^ -~]/g, '...').length

  function later(ms) {
    if (timer || sending || refused) return
    timer = setTimeout(() => {
      timer = 0
      flush()
    }, ms)
  }
  /** As many as fit one request: of a closing page the browser takes 64 KB. */
  function nextBatch() {
    let size = 500
    return queue.slice(0, BATCH).filter((message) => {
      size += bytesOf(message)
      return size < BEACON_BYTES
    })
  }
  // text/plain needs no preflight, so the key travels in the body
  const call = (batch, more) => [
    `${options.api}/v1/batch`,
    {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      credentials: 'omit',
      body: JSON.stringify({ writeKey: options.key, sentAt: new Date().toISOString(), batch }),
      ...more,
    },
  ]

  const flush = safe(async () => {
    if (sending || refused || !options.key || !queue.length) return
    const batch = nextBatch()
    const abort = new AbortController()
    const limit = setTimeout(() => abort.abort(), 15_000)
    sending = true
    const status = await fetch(...call(batch, { signal: abort.signal })).then(
      (answer) => answer.status,
      () => 0,
    )
    clearTimeout(limit)
    sending = false
    // a wrong key stays wrong on this page; what is kept goes out once it is right
    if (status === 401 || status === 403) refused = true
    else if (!status || status === 408 || status === 429 || status >= 500) failures += 1
    else {
      forget(batch)
      failures = 0
    }
    if (queue.length) later(failures && Math.min(60_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2))
  })

  /** Nothing is forgotten here: nobody tells whether it arrived, and a repeat is harmless. */
  const leave = safe(() => {
    if (refused || !options.key || !queue.length) return
    const [url, init] = call(nextBatch(), { keepalive: true })
    if (!navigator.sendBeacon?.(url, new Blob([init.body], { type: 'text/plain' })))
      fetch(url, init).catch(() => undefined)
  })

  function track(event, properties = {}) {
    if (!event || typeof event !== 'string') throw new Error('track needs a name')
    add('track', { event, properties })
  }
  function page(name, properties) {
    lastPage = location.pathname + location.search
    add('page', { name, properties: { ...pageNow(), ...properties } })
  }
  /** `openid` with its `signature` comes from your server; `traits` say what is known. */
  function identify({ openid, signature, traits = {} } = {}) {
    if (openid) write('person', { openid, signature })
    add('identify', { traits })
  }
  /** Someone else at the same browser. */
  function reset() {
    write('person')
    write('id')
  }
  /** For WeChat's share calls: `data` with a link that tells through which share it was opened. */
  function share(data) {
    const id = newId().slice(0, 12)
    const link = new URL(data.link ?? location.href, location.href)
    for (const ours of ['wd_send', 'wd']) link.searchParams.delete(ours)
    link.searchParams.set('wd_share', id)
    const trigger = (...args) => {
      weida.track('weida.share', { share: id, title: data.title })
      return data.trigger?.(...args)
    }
    return { ...data, link: link.href, trigger }
  }

  function onClick({ target }) {
    const element = target.closest?.('[data-weida-event]')
    if (!element) return
    const properties = {}
    for (const [name, value] of Object.entries(element.dataset))
      if (/^weidaProp[A-Z]/.test(name)) properties[name[9].toLowerCase() + name.slice(10)] = value
    track(element.dataset.weidaEvent, properties)
  }
  const onMove = safe(() => {
    if (location.pathname + location.search !== lastPage) page()
  })
  /** How this page was come to. Looking at it again is not another click. */
  function arrive() {
    const loaded = performance.getEntriesByType('navigation')[0]
    if (loaded && loaded.type !== 'navigate') return
    const given = new URLSearchParams(location.search)
    const send = given.get('wd_send') ?? ''
    if (/^\d{1,19}$/.test(send)) track('weida.click', { send })
    const link = given.get('wd') ?? ''
    if (/^[0-9A-Za-z]{7,16}$/.test(link)) track('weida.link_open', { link })
    const shared = given.get('wd_share') ?? ''
    if (/^[\w-]{1,40}$/.test(shared)) track('weida.share_open', { share: shared })
  }

  function init(given) {
    if (started || !given.key) return
    started = true
    Object.assign(options, given)
    const oldest = new Date(Date.now() - KEEP_MS).toISOString()
    queue = stored().filter((one) => one?.messageId && one.timestamp > oldest)
    write('queue', queue)
    if (options.openid) write('person', { openid: options.openid, signature: options.signature })
    safe(arrive)()
    if (options.page) {
      safe(page)()
      const { pushState } = history
      history.pushState = function (...args) {
        pushState.apply(this, args)
        onMove()
      }
      addEventListener('popstate', onMove)
    }
    if (options.click) document.addEventListener('click', safe(onClick), true)
    addEventListener('pagehide', leave)
    addEventListener('online', flush)
    document.addEventListener('visibilitychange', () => document.hidden && leave())
    if (queue.length) later(0)
  }

  const weida = { version: VERSION, flush }
  const calls = { init, track, page, identify, reset, anonymousId }
  for (const [name, work] of Object.entries(calls)) weida[name] = safe(work)
  weida.share = (data) => safe(share)(data) ?? data
  /** `window.weida = [['track', 'name']]` before this script is there. */
  weida.push = safe(([name, ...args]) => weida[name](...args))
  window.weida = weida
  safe(() => {
    const { key, api, openid, signature, page: pages, click, debug } = script.dataset
    weida.init({
      key,
      api: (api ?? new URL(script.src).origin).replace(/\/$/, ''),
      openid,
      signature,
      page: pages !== 'off',
      click: click !== 'off',
      debug: debug === 'on',
    })
  })()
  if (Array.isArray(waiting)) waiting.forEach(weida.push)
})()
