import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'limits'
const instant = z.iso.datetime()

export const limitPurpose = z.enum(['marketing', 'any'])
export const limitAction = z.enum(['drop', 'postpone'])
export const CAP_UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const
export const capUnit = z.enum(CAP_UNITS)
export const TOUCH_CHANNELS = ['customer-service', 'template', 'subscription', 'mass'] as const

const capFields = {
  /** Null: of all accounts together. */
  accountId: id.nullable(),
  /** Null: of every kind of message together. */
  channel: z.enum(TOUCH_CHANNELS).nullable(),
  purpose: limitPurpose,
  most: z.number().int().min(1).max(1_000),
  amount: z.number().int().min(1).max(365),
  unit: capUnit,
  /** Since the beginning of the Beijing day, week (Monday) or month; else counted back from the moment, a month as 30 days. */
  calendar: z.boolean(),
  action: limitAction,
  enabled: z.boolean(),
}
/** 疲劳度: at most so many messages a person in a window. */
export const frequencyCap = z.object({ id, ...capFields, createdAt: instant })
export type FrequencyCap = z.infer<typeof frequencyCap>
export const capInput = z
  .object(capFields)
  .refine(({ calendar, unit }) => !calendar || (unit !== 'minute' && unit !== 'hour'), {
    path: ['calendar'],
    message: 'calendar windows are of days, weeks or months',
  })
  /** Mass sends are counted, but nothing asks a cap about them. */
  .refine(({ channel }) => channel !== 'mass', { path: ['channel'], message: 'no cap for mass sends alone' })
export type CapInput = z.infer<typeof capInput>

const minute = z.number().int().min(0).max(1_439)
const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}
const quietFields = {
  accountId: id.nullable(),
  purpose: limitPurpose,
  fromMinute: minute,
  /** The first minute in which messages go again; before `fromMinute` where it is over midnight. */
  untilMinute: minute,
  /** IANA name. */
  zone: z.string().min(1).max(60).refine(isZone, 'unknown_time_zone'),
  action: limitAction,
  enabled: z.boolean(),
}
/** 免打扰时段. */
export const quietHours = z.object({ id, ...quietFields, createdAt: instant })
export type QuietHours = z.infer<typeof quietHours>
export const quietInput = z
  .object(quietFields)
  .refine(({ fromMinute, untilMinute }) => fromMinute !== untilMinute, {
    path: ['untilMinute'],
    message: 'begins and ends at the same minute',
  })
export type QuietInput = z.infer<typeof quietInput>

export const listLimitsEndpoint = endpoint({
  method: 'GET',
  path: '/api/limits',
  access: 'limits:read',
  tag,
  summary: 'Frequency caps and quiet hours: those of the installation and of the accounts the caller may see',
  response: z.object({ caps: z.array(frequencyCap), quietHours: z.array(quietHours) }),
})
export const createCapEndpoint = endpoint({
  method: 'POST',
  path: '/api/limits/caps',
  access: 'limits:manage',
  tag,
  summary: 'Adds a frequency cap; it holds for every message decided from now on',
  body: capInput,
  response: frequencyCap,
})
export const updateCapEndpoint = endpoint({
  method: 'PUT',
  path: '/api/limits/caps/:capId',
  access: 'limits:manage',
  tag,
  summary: 'Changes a frequency cap',
  params: z.object({ capId: id }),
  body: capInput,
  response: frequencyCap,
})
export const deleteCapEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/limits/caps/:capId',
  access: 'limits:manage',
  tag,
  summary: 'Removes a frequency cap; who waits because of it is decided again when their time comes',
  params: z.object({ capId: id }),
  response: z.object({ deleted: z.literal(true) }),
})
export const createQuietEndpoint = endpoint({
  method: 'POST',
  path: '/api/limits/quiet-hours',
  access: 'limits:manage',
  tag,
  summary: 'Adds quiet hours',
  body: quietInput,
  response: quietHours,
})
export const updateQuietEndpoint = endpoint({
  method: 'PUT',
  path: '/api/limits/quiet-hours/:quietId',
  access: 'limits:manage',
  tag,
  summary: 'Changes quiet hours',
  params: z.object({ quietId: id }),
  body: quietInput,
  response: quietHours,
})
export const deleteQuietEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/limits/quiet-hours/:quietId',
  access: 'limits:manage',
  tag,
  summary: 'Removes quiet hours',
  params: z.object({ quietId: id }),
  response: z.object({ deleted: z.literal(true) }),
})

/** 不再打扰: whoever is here gets nothing, whatever the send. */
export const suppression = z.object({
  contactId: z.string(),
  /** Shortened for roles that may not see persons' data. */
  name: z.string().nullable(),
  note: z.string(),
  createdBy: z.string().nullable(),
  createdAt: instant,
})
export type Suppression = z.infer<typeof suppression>

const contact = z.object({ contactId: id })
export const listSuppressionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/suppressions',
  access: 'contacts:read',
  tag,
  summary: 'People who must not be messaged, the latest first',
  query: pageQuery.extend({
    /** Part of a name or remark; a whole phone, openid, user id or customer id. */
    q: z.string().trim().max(128).optional(),
  }),
  response: page(suppression),
})
export const getSuppressionEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId/suppression',
  access: 'contacts:read',
  tag,
  summary: 'Whether a person is on the do-not-disturb list',
  params: contact,
  response: z.object({ suppression: suppression.nullable() }),
})
export const suppressEndpoint = endpoint({
  method: 'PUT',
  path: '/api/contacts/:contactId/suppression',
  access: 'suppressions:write',
  tag,
  summary: 'Puts a person on the do-not-disturb list; messages not sent yet are left out',
  params: contact,
  body: z.object({ note: z.string().trim().max(200).default('') }),
  response: suppression,
})
export const unsuppressEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/contacts/:contactId/suppression',
  access: 'suppressions:write',
  tag,
  summary: 'Takes a person off the do-not-disturb list; what was left out before stays so',
  params: contact,
  response: z.object({ deleted: z.boolean() }),
})
