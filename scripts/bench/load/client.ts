// A process of its own that sends prepared pushes over kept connections, as cheaply as it can: the machine's cores
// belong to the server that is measured.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Push } from './requests.ts'

export type LoadOrder = {
  url: string
  file: string
  connections: number
  /** Lines of the head besides host and length; XML by default. */
  headers?: string[]
  /** How an answer ends that took the request in. */
  ends?: string
  /** Requests a second; as fast as it goes when left out. */
  perSecond?: number
  /** An answer takes as long as from the instant its request was due, however late it could be sent. */
  fromDue?: boolean
}
export type LoadResult = { seconds: number; refused: number; p50Ms: number; p99Ms: number }

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder
const { hostname, port } = new URL(order.url)
const headers = order.headers ?? ['content-type: text/xml']
const ends = order.ends ?? 'success'
const requests = (JSON.parse(readFileSync(order.file, 'utf8')) as Push[]).map(({ path, body }) =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${headers.join('\r\n')}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  ),
)
let next = 0
let refused = 0
const tookMs: number[] = []

/** Sends one after another until none is left. */
function drive(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let sentAt = 0
    let text = ''
    const send = () => {
      const early =
        order.perSecond === undefined ? 0 : next / order.perSecond - (performance.now() - began) / 1000
      if (early > 0) return void setTimeout(send, early * 1000)
      const request = requests[next]
      next += 1
      if (request === undefined) return void socket.end(() => resolve())
      const due = began + ((next - 1) / (order.perSecond ?? 1)) * 1000
      sentAt = order.fromDue ? due : performance.now()
      socket.write(request)
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      const length = /content-length: (\d+)/i.exec(text)?.[1]
      if (head < 0 || length === undefined || text.length < head + 4 + Number(length)) return
      tookMs.push(performance.now() - sentAt)
      if (!text.startsWith('HTTP/1.1 200') || !text.endsWith(ends)) refused += 1
      text = ''
      send()
    })
  })
}

const began = performance.now()
await Promise.all(Array.from({ length: order.connections }, drive))
const seconds = (performance.now() - began) / 1000
tookMs.sort((a, b) => a - b)
const at = (share: number) => tookMs[Math.floor(tookMs.length * share)] ?? 0
console.log(
  `result: ${JSON.stringify({ seconds, refused, p50Ms: at(0.5), p99Ms: at(0.99) } satisfies LoadResult)}`,
)
