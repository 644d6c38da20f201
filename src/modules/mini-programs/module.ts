import type { Ctx } from '../../context.ts'
import { type Manifest, route } from '../manifest.ts'
import * as commands from './commands.ts'
import { getMiniProgram, listLinked, listMiniPrograms } from './reads.ts'
import * as schema from './schema.ts'

/** Every change answers with what the mini program is then. */
const andDetail = async (ctx: Ctx, miniProgramId: string, change: Promise<void>) => {
  await change
  return getMiniProgram(ctx, miniProgramId)
}

export const miniProgramsModule: Manifest = {
  name: 'mini-programs',
  routes: [
    route(schema.listMiniProgramsEndpoint, async (ctx, { query }) => ({
      items: await listMiniPrograms(ctx, query),
    })),
    route(schema.createMiniProgramEndpoint, async (ctx, { body }) =>
      getMiniProgram(ctx, await commands.createMiniProgram(ctx, body)),
    ),
    route(schema.updateMiniProgramEndpoint, (ctx, { params: { miniProgramId }, body }) =>
      andDetail(ctx, miniProgramId, commands.updateMiniProgram(ctx, miniProgramId, body)),
    ),
    route(schema.archiveMiniProgramEndpoint, (ctx, { params: { miniProgramId } }) =>
      andDetail(ctx, miniProgramId, commands.archiveMiniProgram(ctx, miniProgramId)),
    ),
    route(schema.restoreMiniProgramEndpoint, (ctx, { params: { miniProgramId } }) =>
      andDetail(ctx, miniProgramId, commands.restoreMiniProgram(ctx, miniProgramId)),
    ),
    route(schema.listLinkedEndpoint, async (ctx, { params }) => ({
      items: await listLinked(ctx, params.accountId),
    })),
    route(schema.linkMiniProgramEndpoint, (ctx, { params }) =>
      andDetail(ctx, params.miniProgramId, commands.linkMiniProgram(ctx, params)),
    ),
    route(schema.unlinkMiniProgramEndpoint, (ctx, { params }) =>
      andDetail(ctx, params.miniProgramId, commands.unlinkMiniProgram(ctx, params)),
    ),
  ],
}
