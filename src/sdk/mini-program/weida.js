/*!
 * Weida 微达 mini-program tracker, Apache-2.0. No dependencies; it never throws into the program.
 * In app.js, before App(): require('./weida.js').init({ key: '…', api: 'https://…' })
 */
const VERSION = '1.1.0'
const BATCH = 50
const MOST_KEPT = 200
const MESSAGE_BYTES = 30000
const BATCH_BYTES = 400000
const KEEP_MS = 7 * 86400000
const STORED = 'weida.queue'
const PERSON = 'weida.person'
const ID = 'weida.id'
// what signs people in has no business in a log of pages
const SECRET = /^(code|state|token|ticket|access_token|openid|signature)$/i

const options = { key: '', api: '', page: true, share: true, debug: false }
let queue = []
let sending = false
let refused = false
let started = false
let failures = 0
let timer = 0
let lastLink = ''

const safe =
  (work) =>
  (...args) => {
    try {
      return work(...args)
    } catch (error) {
      if (options.debug) console.warn('weida', error)
    }
  }

const memory = {}
function read(name) {
  try {
    const value = wx.getStorageSync(name)
    if (value !== '' && value !== undefined) return value
  } catch (_) {}
  return memory[name]
}
function write(name, value) {
  memory[name] = value
  try {
    if (value === undefined) wx.removeStorageSync(name)
    else wx.setStorageSync(name, value)
  } catch (_) {}
}

/** Unique among a source's messages; a repeat of one is recognised by it. */
function newId() {
  const part = () => Math.floor(Math.random() * 2 ** 32).toString(36)
  return `${Date.now().toString(36)}-${part()}${part()}${part()}`
}
function anonymousId() {
  const kept = read(ID)
  if (typeof kept === 'string') return kept
  const id = newId()
  write(ID, id)
  return id
}

function pageNow() {
  const pages = typeof getCurrentPages === 'function' ? getCurrentPages() : []
  const current = pages[pages.length - 1]
  if (!current) return {}
  const open = Object.entries(current.options || {}).filter(([name]) => !SECRET.test(name))
  const search = open.map(([name, value]) => `${name}=${value}`).join('&')
  const path = `/${current.route || ''}`
  return { path, url: `${path}${search && `?${search}`}`.slice(0, 1000) }
}

function add(type, fields) {
  const message = {
    type,
    messageId: newId(),
    anonymousId: anonymousId(),
    timestamp: new Date().toISOString(),
    ...fields,
    context: {
      ...read(PERSON),
      page: pageNow(),
      library: { name: 'weida-mini-program', version: VERSION },
    },
  }
  if (bytesOf(message) > MESSAGE_BYTES) throw new Error(`too large: ${fields.event || type}`)
  queue = [...queue, message].slice(-MOST_KEPT)
  write(STORED, queue)
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

function nextBatch() {
  let size = 500
  return queue.slice(0, BATCH).filter((message) => {
    size += bytesOf(message)
    return size < BATCH_BYTES
  })
}

/** What is kept in storage is what nobody has confirmed: a program that is closed sends it when it is next opened. */
const flush = safe(() => {
  if (sending || refused || !options.key || queue.length === 0) return
  const batch = nextBatch()
  sending = true
  wx.request({
    url: `${options.api}/v1/batch`,
    method: 'POST',
    timeout: 15000,
    header: { 'content-type': 'application/json' },
    data: { writeKey: options.key, sentAt: new Date().toISOString(), batch },
    success: ({ statusCode }) => settle(batch, statusCode),
    fail: () => settle(batch, 0),
  })
})

const settle = safe((batch, status) => {
  sending = false
  // a wrong key stays wrong; what is kept goes out once it is right
  if (status === 401 || status === 403) refused = true
  else if (!status || status === 408 || status === 429 || status >= 500) failures += 1
  else {
    const gone = new Set(batch.map((one) => one.messageId))
    queue = queue.filter((one) => !gone.has(one.messageId))
    write(STORED, queue)
    failures = 0
  }
  if (queue.length > 0) later(failures && Math.min(60000, 500 * 2 ** failures) * (0.75 + Math.random() / 2))
})

function track(event, properties = {}) {
  if (!event || typeof event !== 'string') throw new Error('track needs a name')
  add('track', { event, properties })
}
function page(name, properties = {}) {
  const at = pageNow()
  add('page', { name: name || at.path, properties: { ...at, ...properties } })
}
/** `openid` with its `signature` comes from your server, after `wx.login`; `traits` say what is known. */
function identify({ openid, signature, traits = {} } = {}) {
  if (openid) write(PERSON, { openid, signature })
  add('identify', { traits })
}
/** Someone else on the same phone. */
function reset() {
  write(PERSON, undefined)
  write(ID, undefined)
}

/** What a page shares, with a path that tells through which share it was opened. */
function withShare(shared, from) {
  const id = newId()
  track('weida.share', { share: id, from, title: shared?.title })
  const given = shared || {}
  const [path = '', ...rest] = (given.path || pageNow().url || '').split('#')
  if (!path) return shared
  const open = path.replace(/([?&])wd(?:_share|_send)?=[^&]*&?/g, '$1').replace(/[?&]$/, '')
  const tied = `${open}${open.includes('?') ? '&' : '?'}wd_share=${id}`
  return { ...given, path: [tied, ...rest].join('#') }
}

/** Runs ours, whatever becomes of it, and then the program's own. */
const before = (ours, own) => {
  const quiet = safe(ours)
  return function (...args) {
    quiet.apply(this, args)
    if (own) return own.apply(this, args)
  }
}

/** Coming back to a program that was opened through a message is not another tap on its link. */
function openLink(link) {
  if (link === lastLink || !/^[0-9A-Za-z]{7,16}$/.test(link)) return
  lastLink = link
  track('weida.link_open', { link })
}

/** `App(weida.app({...}))`: opens, leaves, and how the program was come to. `init` wraps App and Page by itself. */
const app = (given = {}) => ({
  ...given,
  onShow: before((launch = {}) => {
    const query = launch.query || {}
    track('weida.open', { scene: launch.scene, path: launch.path && `/${launch.path}` })
    if (/^\d{1,19}$/.test(query.wd_send || '')) track('weida.click', { send: query.wd_send })
    openLink(query.wd || '')
    if (/^[\w-]{1,40}$/.test(query.wd_share || '')) track('weida.share_open', { share: query.wd_share })
  }, given.onShow),
  onHide: before(() => {
    track('weida.leave')
    flush()
  }, given.onHide),
})

/** `Page(weida.pageHooks({...}))`: page views, and shares where the page can be shared. */
const pageHooks = (given = {}) => {
  const own = given.onShareAppMessage
  return {
    ...given,
    ...(options.page && { onShow: before(() => page(), given.onShow) }),
    ...(options.share &&
      own && {
        onShareAppMessage(...args) {
          const shared = own.apply(this, args)
          // a promise is the program's own affair
          if (shared && typeof shared.then === 'function') return shared
          const from = args[0]?.from
          return safe(() => withShare(shared, from))() || shared
        },
      }),
  }
}

function init(given = {}) {
  if (started || !given.key) return
  started = true
  Object.assign(options, given)
  options.api = String(options.api).replace(/\/$/, '')
  const oldest = new Date(Date.now() - KEEP_MS).toISOString()
  const kept = read(STORED)
  queue = Array.isArray(kept) ? kept.filter((one) => one?.messageId && one.timestamp > oldest) : []
  if (options.openid) write(PERSON, { openid: options.openid, signature: options.signature })
  if (options.hooks !== false) wrapGlobals()
  if (queue.length > 0) later(0)
}

const hookedApp = (own) => (given) => own(app(given))
const hookedPage = (own) => (given) => own(pageHooks(given))
function wrapGlobals() {
  App = hookedApp(App)
  Page = hookedPage(Page)
}

module.exports = {
  version: VERSION,
  flush,
  app,
  pageHooks,
  init: safe(init),
  track: safe(track),
  page: safe(page),
  identify: safe(identify),
  reset: safe(reset),
  anonymousId: safe(anonymousId),
}
