import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { EVENTS } from '../ingest/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)

/** Where the addresses of tracked links begin, below `PUBLIC_URL`. */
export const LINK_PATH = '/t/'
/** A tap on a tracked link of a message; its properties name `send`, `delivery`, `version` and `link`. */
export const LINK_CLICK = EVENTS.linkClick
/** A page or mini program of the brand was opened through a link; `link` is its code. Told by the trackers. */
export const LINK_OPEN = 'weida.link_open'
/** Tracked links a message can have (as many as rendering ties); the index of one is below this. */
export const MAX_LINKS = 64

export const openLinkEndpoint = endpoint({
  method: 'GET',
  path: `${LINK_PATH}:code`,
  access: 'public',
  tag: 'links',
  summary: 'A tracked link of a message: leads on to where the operator wanted it to, and counts the tap',
  params: z.object({ code: z.string().max(64) }),
  response: z.string(),
})

/** One link of a version of a send, and who tapped it. */
export const linkFigures = z.object({
  version: z.number().int(),
  index: z.number().int(),
  kind: z.enum(['web', 'mini-program']),
  url: z.string(),
  /** What it stands under in the message. */
  label: z.string(),
  clicks: z.number(),
  people: z.number(),
  /** Requests of robots, previews and prefetching, which are led on and not counted. */
  uncounted: z.number(),
})
export type LinkFigures = z.infer<typeof linkFigures>

export const listLinkFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/sends/:sendId/links',
  access: 'campaigns:read',
  tag: 'links',
  summary: 'Tracked links of a send with their clicks',
  params: z.object({ accountId: id, sendId: id }),
  response: z.object({ items: z.array(linkFigures) }),
})
