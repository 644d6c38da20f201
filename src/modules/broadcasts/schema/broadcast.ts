import { z } from 'zod'
import { group, groupSummary, timing } from './groups.ts'
import { preflight } from './preflight.ts'
import { broadcastState, confirmation, instant, label, path, reasonCount, totals } from './shapes.ts'

/** Path, content and activity are those of the first group. */
export const broadcastListItem = z.object({
  id: z.string(),
  name: z.string(),
  state: broadcastState,
  label,
  path,
  groupCount: z.number(),
  contentKind: z.enum(['articles', 'text', 'image', 'voice', 'video']),
  title: z.string(),
  coverUrl: z.string().nullable(),
  createdByName: z.string().nullable(),
  createdAt: instant,
  confirmedAt: instant.nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** The next time at which something of it goes out. */
  nextAt: instant.nullable(),
  /** The first batch that waits for an administrator in WeChat. */
  confirmation: confirmation.nullable(),
  activity: z.object({ id: z.string(), name: z.string() }).nullable(),
  totals,
  groups: z.array(groupSummary),
  /** Which commands make sense now. */
  can: z.object({
    edit: z.boolean(),
    send: z.boolean(),
    pause: z.boolean(),
    resume: z.boolean(),
    cancel: z.boolean(),
    delete: z.boolean(),
    withdraw: z.boolean(),
    unschedule: z.boolean(),
  }),
})
export type BroadcastListItem = z.infer<typeof broadcastListItem>

export const broadcast = broadcastListItem.extend({
  accountId: z.string(),
  timing,
  groups: z.array(group),
  version: z.number(),
  preflight: preflight.nullable(),
  skippedByReason: z.array(reasonCount),
  pauseReason: z.string().nullable(),
  pauseDetail: z.record(z.string(), z.unknown()).nullable(),
  failureReason: z.string().nullable(),
  confirmedByName: z.string().nullable(),
  batchCount: z.number(),
})
export type Broadcast = z.infer<typeof broadcast>
