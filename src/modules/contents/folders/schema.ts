import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'

const id = z.string().regex(/^\d{1,19}$/)
const at = '/api/accounts/:accountId/material-folders'
const params = z.object({ accountId: id })
const folder = params.extend({ folderId: id })
const read = { access: 'contents:read', tag: 'contents' } as const
const write = { access: 'contents:write', tag: 'contents' } as const

export const folderName = z.string().trim().min(1).max(30)
const body = z.object({ name: folderName })

/** 文件夹 of materials, one level; what counts is what WeChat still has. */
export const materialFolder = z.object({
  id,
  name: z.string(),
  articleSets: z.number().int(),
  media: z.number().int(),
})
export type MaterialFolder = z.infer<typeof materialFolder>
/** Of a list of materials: one folder, or `none`, those that are in none. */
export const folderFilter = z.union([id, z.literal('none')]).optional()

export const listMaterialFoldersEndpoint = endpoint({
  method: 'GET',
  path: at,
  ...read,
  summary: 'Folders of materials by name, with how much is in each',
  params,
  response: z.object({ items: z.array(materialFolder) }),
})
export const createMaterialFolderEndpoint = endpoint({
  method: 'POST',
  path: at,
  ...write,
  summary: 'Makes a folder',
  params,
  body,
  response: z.object({ id: z.string() }),
})
export const renameMaterialFolderEndpoint = endpoint({
  method: 'PUT',
  path: `${at}/:folderId`,
  ...write,
  summary: 'Gives a folder another name',
  params: folder,
  body,
  response: z.object({}),
})
export const deleteMaterialFolderEndpoint = endpoint({
  method: 'DELETE',
  path: `${at}/:folderId`,
  ...write,
  summary: 'Deletes a folder; what was in it stays, filed nowhere',
  params: folder,
  response: z.object({}),
})

export const MOST_MOVED = 500
const ids = z.array(id).max(MOST_MOVED).default([])
export const moveMaterialsEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/materials/move',
  ...write,
  summary: 'Puts article sets and media into a folder, or into none',
  params,
  body: z
    .object({ folderId: id.nullable(), articleSetIds: ids, mediaAssetIds: ids })
    .refine(({ articleSetIds, mediaAssetIds }) => articleSetIds.length + mediaAssetIds.length > 0),
  /** How many are of this account. */
  response: z.object({ moved: z.number().int() }),
})
