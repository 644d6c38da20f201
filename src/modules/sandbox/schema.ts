import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'

const tag = 'sandbox'
const nothing = z.object({})

export const clockState = z.object({
  now: z.iso.datetime(),
  offsetSeconds: z.number(),
  /** Where a fast run is heading; null when the clock walks with the machine. */
  fastUntil: z.iso.datetime().nullable(),
  nextDueAt: z.iso.datetime().nullable(),
  busy: z.boolean(),
})
export type ClockState = z.infer<typeof clockState>

export const getClockEndpoint = endpoint({
  method: 'GET',
  path: '/api/sandbox/clock',
  access: 'signed-in',
  tag,
  summary: 'Business time, and what is due next',
  response: clockState,
})
export const forwardClockEndpoint = endpoint({
  method: 'POST',
  path: '/api/sandbox/clock',
  access: 'sandbox:control',
  tag,
  summary: 'Moves business time forward, at once (`jump`) or from due instant to due instant (`fast`)',
  body: z.object({ to: z.iso.datetime(), how: z.enum(['jump', 'fast']) }),
  response: clockState,
})
export const nextDueEndpoint = endpoint({
  method: 'POST',
  path: '/api/sandbox/clock/next-due',
  access: 'sandbox:control',
  tag,
  summary: 'Jumps to the next due instant; `nothing_due` when there is none',
  response: clockState,
})
export const stopFastEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/sandbox/clock/fast',
  access: 'sandbox:control',
  tag,
  summary: 'Ends a fast run where it is',
  response: clockState,
})

export const FAULT_KINDS = [
  'latency',
  'timeout-after-work',
  'http-500',
  'busy',
  'token-expired',
  'drop-callback',
  'repeat-callback',
  'down',
] as const
export const fault = z.object({
  kind: z.enum(FAULT_KINDS),
  path: z.string().max(200).optional(),
  ms: z.number().int().min(0).max(60_000).optional(),
  remaining: z.number().int().min(1).max(1_000_000).optional(),
  rate: z.number().min(0).max(1).optional(),
})
export type Fault = z.infer<typeof fault>
export const getFaultsEndpoint = endpoint({
  method: 'GET',
  path: '/api/sandbox/faults',
  access: 'signed-in',
  tag,
  summary: 'Faults of the simulated WeChat that are on',
  response: z.object({ items: z.array(fault) }),
})
export const putFaultsEndpoint = endpoint({
  method: 'PUT',
  path: '/api/sandbox/faults',
  access: 'sandbox:control',
  tag,
  summary: 'Sets which faults are on',
  body: z.object({ items: z.array(fault).max(20) }),
  response: z.object({ items: z.array(fault) }),
})

export const ledgerSummaryEndpoint = endpoint({
  method: 'GET',
  path: '/api/sandbox/ledger',
  access: 'signed-in',
  tag,
  summary: 'What fans of an account really received, as the simulated platform knows it',
  query: z.object({ appid: z.string().max(40), msgId: z.string().max(30).optional() }),
  response: z.object({
    total: z.number(),
    fansReached: z.number(),
    duplicates: z.number(),
    byKind: z.array(
      z.object({
        kind: z.enum(['mass', 'preview', 'reply', 'custom', 'template', 'subscription']),
        count: z.number(),
        fans: z.number(),
      }),
    ),
    /** Of mass sends and previews only. */
    byMsg: z.array(z.object({ msgId: z.string(), kind: z.string(), count: z.number() })),
  }),
})

/** The simulated shop whose customers are the service account's fans. */
export const shopState = z.object({
  isOpen: z.boolean(),
  visitsPerHour: z.number().int(),
  /** How many fans have told their past. */
  history: z.object({ days: z.number(), done: z.number(), total: z.number() }),
  /** Business time up to which it has told what happened. */
  toldUntil: z.iso.datetime(),
  visits: z.number(),
  events: z.number(),
  orders: z.number(),
  clicks: z.number(),
  /** What was said when reporting failed last; it goes on trying. */
  problem: z.string().nullable(),
  /** The source it reports by. */
  sourceId: z.string().nullable(),
})
export type ShopState = z.infer<typeof shopState>
const shopAnswer = z.object({ shop: shopState.nullable() })
export const getShopEndpoint = endpoint({
  method: 'GET',
  path: '/api/sandbox/shop',
  access: 'signed-in',
  tag,
  summary: 'The simulated shop: how many come, and what it has told so far',
  response: shopAnswer,
})
export const setShopEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/sandbox/shop',
  access: 'sandbox:control',
  tag,
  summary: 'Opens or closes the shop, or changes how many come',
  body: z.object({
    isOpen: z.boolean().optional(),
    visitsPerHour: z.number().int().min(0).max(6_000).optional(),
  }),
  response: shopAnswer,
})

export const resetSandboxEndpoint = endpoint({
  method: 'POST',
  path: '/api/sandbox/reset',
  access: 'sandbox:control',
  tag,
  summary:
    'Forgets all fans, sends and events of the sandbox, sets the clock back to real time and fills it anew; members stay',
  response: z.object({ started: z.boolean() }),
})

export const confirmRestoreEndpoint = endpoint({
  method: 'POST',
  path: '/api/installation/confirm-restore',
  access: 'installation:manage',
  tag: 'installation',
  summary: 'After a restore: lets sending go on; says first what would go out',
  body: z.object({ understood: z.literal(true) }),
  response: nothing,
})
export const installationEndpoint = endpoint({
  method: 'GET',
  path: '/api/installation',
  access: 'signed-in',
  tag: 'installation',
  summary: 'What this installation is and whether sending is paused',
  response: z.object({
    mode: z.enum(['sandbox', 'production']),
    sendingPaused: z.boolean(),
    restoredAt: z.iso.datetime().nullable(),
    heldBatches: z.number(),
    heldRecipients: z.number(),
    publicUrl: z.string(),
    version: z.string(),
  }),
})
