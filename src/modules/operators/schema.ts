import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'

export const ROLES = ['administrator', 'operator', 'approver', 'analyst'] as const
export const role = z.enum(ROLES)
export const locale = z.enum(['zh-CN', 'en'])
export const id = z.string().regex(/^\d{1,19}$/)
export const PASSWORD_MIN = 10
export const password = z.string().min(PASSWORD_MIN).max(200)

/** The person who is signed in, and what they may do. */
export const me = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  locale,
  permissions: z.array(z.string()),
  mode: z.enum(['sandbox', 'production']),
  sendingPaused: z.boolean(),
  simulatorUrl: z.string().nullable(),
})
export type Me = z.infer<typeof me>

export const operator = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  allAccounts: z.boolean(),
  accountIds: z.array(z.string()),
  disabled: z.boolean(),
  createdAt: z.iso.datetime(),
})
export type Operator = z.infer<typeof operator>

const nothing = z.object({})
const tag = 'operators'

export const setupStateEndpoint = endpoint({
  method: 'GET',
  path: '/api/setup',
  access: 'public',
  tag,
  summary: 'Whether the first administrator is still to be made',
  response: z.object({
    needed: z.boolean(),
    /** In production: `weida operator create` makes them, not this interface. */
    byCommandLine: z.boolean(),
    mode: z.enum(['sandbox', 'production']),
  }),
})
export const setupEndpoint = endpoint({
  method: 'POST',
  path: '/api/setup',
  access: 'public',
  tag,
  summary: 'Makes the first administrator of a sandbox; refused once there is one, and in production',
  body: z.object({ email: z.email(), name: z.string().trim().min(1).max(60), password }),
  response: nothing,
})
export const signInEndpoint = endpoint({
  method: 'POST',
  path: '/api/session',
  access: 'public',
  tag,
  summary: 'Signs in and sets the session cookie',
  body: z.object({ email: z.email(), password: z.string().max(200) }),
  response: nothing,
})
export const signOutEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/session',
  access: 'signed-in',
  tag,
  summary: 'Ends the session',
  response: nothing,
})
export const meEndpoint = endpoint({
  method: 'GET',
  path: '/api/me',
  access: 'signed-in',
  tag,
  summary: 'Who is signed in',
  response: me,
})
export const updateMeEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/me',
  access: 'signed-in',
  tag,
  summary: 'Changes own name, language or password',
  body: z.object({
    name: z.string().trim().min(1).max(60).optional(),
    locale: locale.optional(),
    currentPassword: z.string().max(200).optional(),
    newPassword: password.optional(),
  }),
  response: nothing,
})
export const listOperatorsEndpoint = endpoint({
  method: 'GET',
  path: '/api/operators',
  access: 'operators:manage',
  tag,
  summary: 'All members',
  response: z.object({ items: z.array(operator) }),
})
const memberFields = {
  name: z.string().trim().min(1).max(60),
  role,
  allAccounts: z.boolean().default(false),
  accountIds: z.array(id).max(500).default([]),
}
export const createOperatorEndpoint = endpoint({
  method: 'POST',
  path: '/api/operators',
  access: 'operators:manage',
  tag,
  summary: 'Adds a member',
  body: z.object({ email: z.email(), password, ...memberFields }),
  response: operator,
})
export const updateOperatorEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/operators/:operatorId',
  access: 'operators:manage',
  tag,
  summary: 'Changes role, accounts, name or password of a member, or switches them off; ends their sessions',
  params: z.object({ operatorId: id }),
  body: z.object({
    name: memberFields.name.optional(),
    role: role.optional(),
    allAccounts: z.boolean().optional(),
    accountIds: z.array(id).max(500).optional(),
    password: password.optional(),
    disabled: z.boolean().optional(),
  }),
  response: operator,
})

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type ApiKey = z.infer<typeof apiKey>
export const listApiKeysEndpoint = endpoint({
  method: 'GET',
  path: '/api/me/api-keys',
  access: 'signed-in',
  tag,
  summary: 'Own API keys',
  response: z.object({ items: z.array(apiKey) }),
})
export const createApiKeyEndpoint = endpoint({
  method: 'POST',
  path: '/api/me/api-keys',
  access: 'signed-in',
  tag,
  summary: 'Makes an API key that acts as its maker; the key itself is shown this once',
  body: z.object({ name: z.string().trim().min(1).max(60) }),
  response: apiKey.extend({ key: z.string() }),
})
export const revokeApiKeyEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/me/api-keys/:keyId',
  access: 'signed-in',
  tag,
  summary: 'Revokes an API key',
  params: z.object({ keyId: id }),
  response: nothing,
})
