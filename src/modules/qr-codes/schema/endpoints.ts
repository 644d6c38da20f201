import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { PERMANENT_CODES } from '../../../wechat/rules/scene-limits.ts'
import { eventMatch } from '../../segments/schema.ts'
import * as shape from './shapes.ts'

const tag = 'qr-codes'
const params = z.object({ accountId: shape.id })
const one = params.extend({ qrCodeId: shape.id })
const read = { access: 'qr-codes:read', tag } as const
const write = { access: 'qr-codes:write', tag } as const
const base = '/api/accounts/:accountId/qr-codes'
const empty = z.object({})

export const codeFilter = z.object({
  /** In the name or the scene. */
  q: z.string().trim().max(64).optional(),
  /** `none`: in no folder, at no placement. */
  folder: z.union([shape.id, z.literal('none')]).optional(),
  placement: z.union([shape.id, z.literal('none')]).optional(),
  life: shape.codeLife.optional(),
  /**
   * `ending`: temporary ones that end within three days, or have ended; `lapsing`: those that end soon and that nobody keeps alive
   * by opening their page; `refused`: good now, but WeChat did not make them anew.
   */
  state: z.enum(['waiting', 'ready', 'failed', 'ending', 'lapsing', 'refused']).optional(),
  archived: z.stringbool().default(false),
})

export const listCodesEndpoint = endpoint({
  method: 'GET',
  path: base,
  ...read,
  summary: 'QR codes with parameters 渠道二维码, newest first, each with its figures',
  params,
  query: pageQuery.extend(codeFilter.shape),
  response: page(shape.qrCode).extend({
    /** Of all the account’s, whatever is filtered. */
    counts: z.object({
      waiting: z.number().int(),
      failed: z.number().int(),
      refused: z.number().int(),
      lapsing: z.number().int(),
      permanent: z.number().int(),
    }),
    mostPermanent: z.literal(PERMANENT_CODES),
  }),
})
export const createCodeEndpoint = endpoint({
  method: 'POST',
  path: base,
  ...write,
  summary: 'Makes a code; WeChat makes it a moment later, its state tells',
  params,
  body: shape.newCode,
  response: shape.qrCodeDetail,
})
export const createCodesEndpoint = endpoint({
  method: 'POST',
  path: `${base}/batch`,
  ...write,
  summary: 'Makes up to 1,000 codes alike but for their names, scenes, filing and tags; all of them, or none',
  params,
  body: shape.codeBatch,
  response: z.object({ ids: z.array(shape.id) }),
})
export const CODES_FILE_MAX_BYTES = 2 * 1024 * 1024
export const readCodesFileEndpoint = endpoint({
  method: 'POST',
  path: `${base}/batch-file`,
  ...write,
  summary:
    'Reads a CSV or XLSX file (multipart, field `file`) with a column 名称 or name, and 场景值, 渠道, 文件夹, 标签 where wanted, as codes to make; makes none',
  params,
  bodyLimit: CODES_FILE_MAX_BYTES + 64 * 1024,
  response: shape.codesFile,
})
export const getCodeEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:qrCodeId`,
  ...read,
  summary: 'One code',
  params: one,
  response: shape.qrCodeDetail,
})
export const editCodeEndpoint = endpoint({
  method: 'PUT',
  path: `${base}/:qrCodeId`,
  ...write,
  summary:
    'Changes what a code is called, where it is filed, its logo and its answer; the printed code stays as it is',
  params: one,
  body: shape.codeEdit,
  response: shape.qrCodeDetail,
})
export const fileCodesEndpoint = endpoint({
  method: 'POST',
  path: `${base}/file`,
  ...write,
  summary: 'Files many codes at once; what is left out stays',
  params,
  body: z
    .object({
      ids: z.array(shape.id).min(1).max(shape.MOST_IN_BATCH),
      folderId: shape.id.nullable().optional(),
      placementId: shape.id.nullable().optional(),
    })
    .refine(
      ({ folderId, placementId }) => folderId !== undefined || placementId !== undefined,
      'nothing_to_change',
    ),
  response: z.object({ changed: z.number().int() }),
})
export const archiveCodeEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:qrCodeId/archive`,
  ...write,
  summary:
    'Takes a code out of the list and its page offline; a printed one still leads to the account and is counted, WeChat deletes none',
  params: one,
  response: shape.qrCodeDetail,
})
export const renewCodeEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:qrCodeId/renew`,
  ...write,
  summary: 'Makes a temporary code anew with its whole life, or one again that WeChat refused',
  params: one,
  response: shape.qrCodeDetail,
})

export const codePictureEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:qrCodeId/picture`,
  ...read,
  summary: 'The code’s picture, drawn here, as PNG or SVG',
  params: one,
  query: z.object({
    format: shape.pictureFormat.default('png'),
    size: shape.pictureSize.default(430),
    download: z.stringbool().default(false),
  }),
  response: z.unknown(),
})
export const codePicturesEndpoint = endpoint({
  method: 'POST',
  path: `${base}/pictures`,
  ...read,
  summary: 'Pictures of many codes in one ZIP, with a table of their names, scenes and ends',
  params,
  body: z.object({
    ids: z.array(shape.id).min(1).max(shape.MOST_PICTURES),
    format: shape.pictureFormat.default('png'),
    size: shape.pictureSize.default(430),
  }),
  response: z.unknown(),
})
/** A PNG of at most 512 × 512; the console makes one of whatever is chosen. */
export const LOGO_MAX_BYTES = 512 * 1024
export const uploadLogoEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/qr-logos',
  ...write,
  summary: 'Uploads a logo (multipart, field `file`): a PNG of at most 512 × 512',
  params,
  bodyLimit: LOGO_MAX_BYTES + 64 * 1024,
  response: z.object({ logo: shape.logoKey }),
})

export const codeFiguresEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:qrCodeId/figures`,
  ...read,
  summary: 'Scans and follows of a code by Beijing day, both ends included',
  params: one,
  query: z.object({ from: z.iso.date(), to: z.iso.date() }),
  response: z.object({ total: shape.codeFigures, days: z.array(shape.codeDay) }),
})
export const codeScansEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:qrCodeId/scans`,
  ...read,
  summary: 'Who scanned a code, the newest first',
  params: one,
  query: pageQuery.extend({ how: shape.how.optional(), following: z.stringbool().optional() }),
  response: page(shape.codeScan),
})

export const codeConversionsEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:qrCodeId/conversions`,
  ...read,
  summary: 'Of those who scanned a code, who did something within so many days after their first scan of it',
  params: one,
  body: z.object({
    event: eventMatch,
    days: z.number().int().min(1).max(shape.MOST_CONVERSION_DAYS),
  }),
  response: z.object({
    items: z.array(shape.converted),
    /** More people scanned it: only so many, the latest who came, were looked at. */
    most: z.number().int().nullable(),
  }),
})

export const placementFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/qr-placement-figures',
  ...read,
  summary: 'Placements 渠道 side by side: what their codes brought in these Beijing days, both included',
  params,
  query: z.object({ from: z.iso.date(), to: z.iso.date() }),
  response: z.object({ items: z.array(shape.placementFigures) }),
})

const labels = (path: string, what: string) => {
  const at = `/api/accounts/:accountId/${path}`
  const label = params.extend({ labelId: shape.id })
  return {
    list: endpoint({
      method: 'GET',
      path: at,
      ...read,
      summary: `${what} by name, with how many codes each has`,
      params,
      response: z.object({ items: z.array(shape.label) }),
    }),
    create: endpoint({
      method: 'POST',
      path: at,
      ...write,
      summary: `Makes one of the ${what}`,
      params,
      body: z.object({ name: shape.labelName }),
      response: z.object({ id: shape.id }),
    }),
    rename: endpoint({
      method: 'PUT',
      path: `${at}/:labelId`,
      ...write,
      summary: `Renames one of the ${what}`,
      params: label,
      body: z.object({ name: shape.labelName }),
      response: empty,
    }),
    remove: endpoint({
      method: 'DELETE',
      path: `${at}/:labelId`,
      ...write,
      summary: `Deletes one of the ${what}; its codes stay, filed nowhere`,
      params: label,
      response: empty,
    }),
  }
}
export const folderEndpoints = labels('qr-folders', 'folders of codes')
export const placementEndpoints = labels('qr-placements', 'placements 渠道')

export const scanPageEndpoint = endpoint({
  method: 'GET',
  path: '/scan/:linkKey',
  access: 'public',
  tag,
  summary: 'The stable page of a code: shows the one that is good now, renewed where it has to be',
  params: z.object({ linkKey: z.string().min(8).max(40) }),
  response: z.string(),
})
export const scanPictureEndpoint = endpoint({
  method: 'GET',
  path: '/scan/:linkKey/code.png',
  access: 'public',
  tag,
  summary: 'The picture on that page',
  params: z.object({ linkKey: z.string().min(8).max(40) }),
  query: z.object({ size: shape.pictureSize.default(860) }),
  response: z.unknown(),
})
