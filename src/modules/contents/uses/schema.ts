import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'contents'
const params = z.object({ accountId: id })

export const materialKind = z.enum(['article-set', 'media'])
/** A material that something names: of an article set one article by its place, or the set as a whole. */
export const materialRef = z.object({ material: materialKind, id, index: z.number().int().optional() })
export type MaterialRef = z.infer<typeof materialRef>
/** What was stored before it had such a field names nothing there. */
export const mediaRefs = (...ids: (string | null | undefined)[]): MaterialRef[] =>
  ids.flatMap((id) => (id == null ? [] : [{ material: 'media', id }]))

export const MATERIAL_USERS = ['reply-rule', 'recall', 'menu', 'live-menu', 'campaign', 'broadcast'] as const

/** 用在哪里: what names a material. `live`: it would not work without. */
export const materialUse = z.object({
  kind: z.enum(MATERIAL_USERS),
  /** Of menus the account's. */
  id,
  /** Empty for menus. */
  name: z.string(),
  /** On whose page a reply rule is edited; null: on its own. */
  owner: z.object({ kind: z.enum(['recall', 'qr-code', 'menu']), id }).nullable(),
  live: z.boolean(),
})
export type MaterialUse = z.infer<typeof materialUse>

/** A live use of a material that WeChat has no more. */
export const brokenUse = z.object({
  use: materialUse,
  material: materialRef.omit({ index: true }).extend({ title: z.string() }),
})
export type BrokenUse = z.infer<typeof brokenUse>

export const listMaterialUsesEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/materials/:material/:materialId/uses',
  access: 'contents:read',
  tag,
  summary: 'What names a material: what works with it first, then what is off or not finished',
  params: params.extend({ material: materialKind, materialId: id }),
  response: z.object({ items: z.array(materialUse) }),
})
export const listBrokenUsesEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/broken-material-uses',
  access: 'contents:read',
  tag,
  summary: 'What is live and names a material that WeChat has no more',
  params,
  response: z.object({ items: z.array(brokenUse) }),
})

const force = z.object({
  /** Although something names it. */
  force: z.stringbool().default(false),
})
export const deleteMediaEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/accounts/:accountId/media/:mediaAssetId',
  access: 'contents:write',
  tag,
  summary: 'Deletes an image, voice or video at WeChat; `material_in_use` with its uses unless forced',
  params: params.extend({ mediaAssetId: id }),
  query: force,
  response: z.object({}),
})
export const deleteArticleSetEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/accounts/:accountId/article-sets/:articleSetId',
  access: 'contents:write',
  tag,
  summary: 'Deletes a draft at WeChat; `material_in_use` with its uses unless forced',
  params: params.extend({ articleSetId: id }),
  query: force,
  response: z.object({}),
})
