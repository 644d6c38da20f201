import { receiveFile } from '../../infra/spreadsheets/index.ts'
import { type Manifest, route, streamRoute } from '../manifest.ts'
import { readCodesFile } from './commands/batch-file.ts'
import { createCode, createCodes } from './commands/create.ts'
import { archiveCode, editCode, fileCodes, renewCode } from './commands/edit.ts'
import * as labels from './commands/labels.ts'
import { makeWaiting, QR_CODES_TOPIC, renewEnding } from './make.ts'
import { pageRoutes } from './page.ts'
import { pictureRoutes } from './picture/routes.ts'
import { getCode, getConversions, getFigures, listCodes, listPlacementFigures, listScans } from './reads.ts'
import { countScans, SCANNED, SCANS_REACTION } from './scans.ts'
import * as schema from './schema.ts'
import { selectDue } from './store/making.ts'
import { tellCodes } from './teller.ts'

const labelRoutes = (kind: schema.LabelKind) => {
  const { list, create, rename, remove } =
    kind === 'folder' ? schema.folderEndpoints : schema.placementEndpoints
  return [
    route(list, async (ctx, { params }) => ({ items: await labels.listLabels(ctx, kind, params.accountId) })),
    route(create, async (ctx, { params, body }) => ({
      id: await labels.createLabel(ctx, kind, { ...params, ...body }),
    })),
    route(rename, async (ctx, { params, body }) => {
      await labels.renameLabel(ctx, kind, params, body.name)
      return {}
    }),
    route(remove, async (ctx, { params }) => {
      await labels.deleteLabel(ctx, kind, params)
      return {}
    }),
  ]
}

export const qrCodesModule: Manifest = {
  name: 'qr-codes',
  routes: [
    route(schema.listCodesEndpoint, (ctx, { params, query }) => listCodes(ctx, params.accountId, query)),
    route(schema.createCodeEndpoint, (ctx, { params, body }) => createCode(ctx, params.accountId, body)),
    route(schema.createCodesEndpoint, async (ctx, { params, body }) => ({
      ids: await createCodes(ctx, params.accountId, body),
    })),
    streamRoute(schema.readCodesFileEndpoint, async (ctx, request, reply) => {
      const { accountId } = schema.readCodesFileEndpoint.params!.parse(request.params)
      const bytes = await receiveFile(request, schema.CODES_FILE_MAX_BYTES, async (file) =>
        Buffer.concat(await Array.fromAsync(file)),
      )
      return reply.send(await readCodesFile(ctx, accountId, bytes))
    }),
    route(schema.fileCodesEndpoint, async (ctx, { params, body }) => ({
      changed: await fileCodes(ctx, params.accountId, body),
    })),
    route(schema.getCodeEndpoint, (ctx, { params }) => getCode(ctx, params)),
    route(schema.editCodeEndpoint, (ctx, { params, body }) => editCode(ctx, params, body)),
    route(schema.archiveCodeEndpoint, (ctx, { params }) => archiveCode(ctx, params)),
    route(schema.renewCodeEndpoint, (ctx, { params }) => renewCode(ctx, params)),
    route(schema.codeFiguresEndpoint, (ctx, { params, query }) => getFigures(ctx, params, query)),
    route(schema.codeScansEndpoint, (ctx, { params, query }) => listScans(ctx, params, query)),
    route(schema.codeConversionsEndpoint, (ctx, { params, body }) => getConversions(ctx, params, body)),
    route(schema.placementFiguresEndpoint, async (ctx, { params, query }) => ({
      items: await listPlacementFigures(ctx, params.accountId, query),
    })),
    ...labelRoutes('folder'),
    ...labelRoutes('placement'),
    ...pictureRoutes,
    ...pageRoutes,
  ],
  teller: tellCodes,
  reactions: [{ name: SCANS_REACTION, events: SCANNED, react: countScans }],
  sweeps: [
    { name: 'qr-codes.make', everyMs: 5_000, topic: QR_CODES_TOPIC, concurrency: 2, run: makeWaiting },
    { name: 'qr-codes.renew', everyMs: 5_000, run: renewEnding },
  ],
  nextDue: (ctx) => selectDue(ctx.db, ctx.clock.now()),
}
