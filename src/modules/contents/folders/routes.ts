import { route } from '../../manifest.ts'
import * as folders from './commands.ts'
import * as schema from './schema.ts'

export const folderRoutes = [
  route(schema.listMaterialFoldersEndpoint, async (ctx, { params }) => ({
    items: await folders.listFolders(ctx, params.accountId),
  })),
  route(schema.createMaterialFolderEndpoint, async (ctx, { params, body }) => ({
    id: await folders.createFolder(ctx, params.accountId, body.name),
  })),
  route(schema.renameMaterialFolderEndpoint, async (ctx, { params, body }) => {
    await folders.renameFolder(ctx, params, body.name)
    return {}
  }),
  route(schema.deleteMaterialFolderEndpoint, async (ctx, { params }) => {
    await folders.deleteFolder(ctx, params)
    return {}
  }),
  route(schema.moveMaterialsEndpoint, async (ctx, { params, body }) => ({
    moved: await folders.moveMaterials(ctx, params.accountId, body),
  })),
]
