import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'

const id = z.string().regex(/^\d{1,19}$/)
/** The form that a link in a message takes; see `wechat/rules/content-limits.ts`. */
export const miniProgramAppid = z
  .string()
  .trim()
  .regex(/^wx[0-9a-f]{16}$/)

/** 小程序: bound once, used by the messages of every account that it is linked to at WeChat. */
export const miniProgram = z.object({
  id: z.string(),
  appid: z.string(),
  name: z.string(),
  ghId: z.string().nullable(),
  note: z.string(),
  archived: z.boolean(),
  createdAt: z.iso.datetime(),
  /** Accounts of the caller to which an operator says it is linked at WeChat; oldest first. */
  links: z.array(
    z.object({ accountId: z.string(), linkedBy: z.string().nullable(), linkedAt: z.iso.datetime() }),
  ),
})
export type MiniProgram = z.infer<typeof miniProgram>

/** A mini program as a message of one account can use it. */
export const linkedMiniProgram = miniProgram.pick({ id: true, appid: true, name: true }).extend({
  linkedAt: z.iso.datetime(),
})
export type LinkedMiniProgram = z.infer<typeof linkedMiniProgram>

const tag = 'mini-programs'
const params = z.object({ miniProgramId: id })
const linkParams = z.object({ accountId: id, miniProgramId: id })
const name = z.string().trim().min(1).max(60)
const note = z.string().trim().max(200)
const ghId = z
  .string()
  .trim()
  .regex(/^gh_[0-9a-zA-Z]{1,40}$/)
  .nullable()

export const listMiniProgramsEndpoint = endpoint({
  method: 'GET',
  path: '/api/mini-programs',
  access: 'accounts:read',
  tag,
  summary: 'The mini programs bound here and the accounts they are linked to',
  query: z.object({ archived: z.stringbool().default(false) }),
  response: z.object({ items: z.array(miniProgram) }),
})
export const createMiniProgramEndpoint = endpoint({
  method: 'POST',
  path: '/api/mini-programs',
  access: 'accounts:manage',
  tag,
  summary: 'Binds a mini program',
  body: z.object({ appid: miniProgramAppid, name, ghId: ghId.optional(), note: note.optional() }),
  response: miniProgram,
})
export const updateMiniProgramEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/mini-programs/:miniProgramId',
  access: 'accounts:manage',
  tag,
  summary: 'Changes name, original id or note; another app id is another mini program',
  params,
  body: z.object({ name: name.optional(), ghId: ghId.optional(), note: note.optional() }),
  response: miniProgram,
})
export const archiveMiniProgramEndpoint = endpoint({
  method: 'POST',
  path: '/api/mini-programs/:miniProgramId/archive',
  access: 'accounts:manage',
  tag,
  summary: 'Ends its use in messages; its links are kept',
  params,
  response: miniProgram,
})
export const restoreMiniProgramEndpoint = endpoint({
  method: 'POST',
  path: '/api/mini-programs/:miniProgramId/restore',
  access: 'accounts:manage',
  tag,
  summary: 'Takes an archived mini program back into use with the links it had',
  params,
  response: miniProgram,
})
export const listLinkedEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/mini-programs',
  access: 'accounts:read',
  tag,
  summary: 'Mini programs that messages of this account may open',
  params: z.object({ accountId: id }),
  response: z.object({ items: z.array(linkedMiniProgram) }),
})
export const linkMiniProgramEndpoint = endpoint({
  method: 'PUT',
  path: '/api/accounts/:accountId/mini-programs/:miniProgramId',
  access: 'accounts:manage',
  tag,
  summary: 'Says that the mini program is linked to the account at WeChat',
  params: linkParams,
  response: miniProgram,
})
export const unlinkMiniProgramEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/accounts/:accountId/mini-programs/:miniProgramId',
  access: 'accounts:manage',
  tag,
  summary: 'Says that the mini program is not linked to the account any more',
  params: linkParams,
  response: miniProgram,
})
