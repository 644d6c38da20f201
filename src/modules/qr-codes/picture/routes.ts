import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ZipFile } from 'yazl'
import { type Ctx, localeOf } from '../../../context.ts'
import { type Cell, writeCsv } from '../../../infra/spreadsheets/index.ts'
import { beijingMinute } from '../../../kernel/beijing.ts'
import { conflict, invalid } from '../../../kernel/errors.ts'
import { streamRoute } from '../../manifest.ts'
import { uploadLogo } from '../commands/logo.ts'
import { requireCode } from '../reads.ts'
import * as schema from '../schema.ts'
import { type CodeRow, selectCodesById } from '../store/codes.ts'
import { drawPicture, type Wanted } from './draw.ts'

const TYPES = { png: 'image/png', svg: 'image/svg+xml' } as const

/** Why there is nothing to draw: not made yet, made elsewhere, or over. */
function drawable(ctx: Ctx, code: CodeRow): CodeRow & { url: string } {
  if (code.url === null) throw conflict('qr_code_not_ready', 'WeChat has not made the code')
  if (code.expiresAt !== null && code.expiresAt <= ctx.clock.now())
    throw conflict('qr_code_expired', 'the code has expired', { expiresAt: code.expiresAt.toISOString() })
  return { ...code, url: code.url }
}

async function sendPicture(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const params = schema.codePictureEndpoint.params!.parse(request.params)
  const { format, size, download } = schema.codePictureEndpoint.query!.parse(request.query)
  const code = drawable(ctx, await requireCode(ctx.db, params))
  const picture = await drawPicture(ctx, code, { format, size })
  const name = encodeURIComponent(fileName(code, format))
  return reply
    .type(TYPES[format])
    .header('cache-control', 'private, no-cache')
    .header(
      'content-disposition',
      download ? `attachment; filename="code.${format}"; filename*=UTF-8''${name}` : 'inline',
    )
    .send(picture)
}

/** What tells files apart on a disk: the name as far as a disk takes it, the scene, and until when it is good. */
function fileName({ name, scene, expiresAt }: CodeRow, format: string): string {
  const plain = name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, ' ').trim()
  const until = expiresAt === null ? '' : ` ～${beijingMinute(expiresAt).replace(':', '')}`
  return `${plain} ${scene.replaceAll(/[^\w.-]/g, '_')}${until}.${format}`
}

/** Drawn one by one as the ZIP is read, with other requests in between. Codes without a picture stand in the table only. */
async function sendPictures(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const { accountId } = schema.codePicturesEndpoint.params!.parse(request.params)
  const { ids, ...wanted } = schema.codePicturesEndpoint.body!.parse(request.body)
  const codes = await selectCodesById(ctx.db, accountId, ids)
  const good = codes.filter(
    (code): code is CodeRow & { url: string } =>
      code.url !== null && (code.expiresAt === null || code.expiresAt > ctx.clock.now()),
  )
  if (good.length === 0) throw conflict('qr_code_not_ready', 'none of the codes has a picture')
  const zip = new ZipFile()
  const output = new PassThrough()
  zip.on('error', (error: Error) => output.destroy(error))
  zip.outputStream.pipe(output)
  zip.addBuffer(Buffer.concat(await Array.fromAsync(writeCsv(tableOf(codes, localeOf(ctx))))), 'codes.csv')
  void fillZip(ctx, zip, { codes: good, wanted }).catch((error: Error) => output.destroy(error))
  return reply
    .type('application/zip')
    .header('content-disposition', 'attachment; filename="codes.zip"')
    .send(output)
}

async function fillZip(
  ctx: Ctx,
  zip: ZipFile,
  { codes, wanted }: { codes: readonly (CodeRow & { url: string })[]; wanted: Wanted },
): Promise<void> {
  for (const code of codes) {
    zip.addBuffer(await drawPicture(ctx, code, wanted), fileName(code, wanted.format), { compress: false })
    await turn()
  }
  zip.end()
}

const HEADINGS = {
  'zh-CN': ['名称', '场景值', '有效期至', '二维码内容'],
  en: ['Name', 'Scene', 'Until', 'What it says'],
}

async function* tableOf(codes: readonly CodeRow[], locale: keyof typeof HEADINGS): AsyncGenerator<Cell[][]> {
  yield [HEADINGS[locale]]
  yield codes.map(({ name, scene, expiresAt, url }) => [
    name,
    scene,
    expiresAt && beijingMinute(expiresAt),
    url,
  ])
}

async function takeLogo(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  if (!request.isMultipart()) throw invalid('not_multipart', 'send the file as multipart/form-data')
  const part = await request.file({ limits: { fileSize: schema.LOGO_MAX_BYTES + 1, files: 1 } })
  if (part === undefined) throw invalid('file_missing', 'the upload has no file')
  try {
    return reply.send({ logo: await uploadLogo(ctx, part.file) })
  } finally {
    part.file.resume()
  }
}

export const pictureRoutes = [
  streamRoute(schema.codePictureEndpoint, sendPicture),
  streamRoute(schema.codePicturesEndpoint, sendPictures),
  streamRoute(schema.uploadLogoEndpoint, takeLogo),
]
