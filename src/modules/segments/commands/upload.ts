import { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../../context.ts'
import { invalid } from '../../../kernel/errors.ts'
import { getSegmentRow } from '../present.ts'
import {
  type IdKind,
  MAX_SEGMENT_UPLOAD_BYTES,
  type Segment,
  unknownIdsEndpoint,
  uploadStaticEndpoint,
} from '../schema/segment.ts'
import { selectUnknown } from '../store/given.ts'
import { createFromIds } from './static.ts'

const COLUMNS: Record<IdKind, readonly string[]> = {
  openid: ['openid'],
  phone: ['phone', 'mobile', '手机号', '手机', '电话'],
  user: ['user_id', 'userid', 'user', '用户id', '用户编号'],
}

/** Reads the one file of a multipart body as it arrives; nothing of it is kept in memory or on disk. */
export async function uploadStatic(ctx: Ctx, request: FastifyRequest): Promise<Segment> {
  const query = uploadStaticEndpoint.query?.parse(request.query)
  if (query === undefined || !request.isMultipart())
    throw invalid('file_missing', 'send the file as multipart/form-data')
  const file = await request.file({ limits: { files: 1, fileSize: MAX_SEGMENT_UPLOAD_BYTES } })
  if (file === undefined) throw invalid('file_missing', 'there is no file in the request')
  const ids = async function* () {
    yield* readIds(file.file, query.idKind)
    if (file.file.truncated)
      throw invalid('file_too_large', 'the file is too large', { maxBytes: MAX_SEGMENT_UPLOAD_BYTES })
  }
  try {
    const { name, accountId } = query
    const fields = { name, accountId, listed: query.listed === 'true' }
    return await createFromIds(ctx, fields, { idKind: query.idKind, ids: ids() })
  } finally {
    file.file.resume()
  }
}

/**
 * Ids of a text or CSV file in bounded memory: one a line, or the column named after the kind (comma, semicolon or tab).
 * `id_column_missing` where there are several columns and none is; `file_not_text` for anything that is no UTF-8 text.
 */
async function* readIds(bytes: AsyncIterable<Uint8Array>, idKind: IdKind): AsyncGenerator<string> {
  const rows = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: 100_000,
  })
  void feed(bytes, rows)
  let column: number | undefined
  try {
    for await (const cells of rows as AsyncIterable<string[]>) {
      if (column === undefined) {
        const heading = cells.findIndex((cell) => COLUMNS[idKind].includes(cell.toLowerCase()))
        column = Math.max(heading, 0)
        if (heading >= 0) continue
        if (cells.length > 1)
          throw invalid('id_column_missing', 'the file has several columns, none named after the ids', {
            columns: COLUMNS[idKind],
          })
      }
      const id = cells[column]
      if (id) yield id
    }
  } catch (error) {
    if (/^CSV_/.test((error as { code?: string }).code ?? ''))
      throw invalid('file_not_text', 'the file is no list of ids')
    throw error
  } finally {
    rows.destroy()
  }
}

async function feed(bytes: AsyncIterable<Uint8Array>, rows: ReturnType<typeof parse>): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    for await (const chunk of bytes) {
      const text = decoder.decode(chunk, { stream: true })
      if (text.includes('\0')) throw new TypeError('binary')
      if (rows.destroyed) return
      if (!rows.write(text))
        await new Promise((resolve) => rows.once('drain', resolve).once('close', resolve))
    }
    rows.end(decoder.decode())
  } catch (error) {
    rows.destroy(
      error instanceof TypeError ? invalid('file_not_text', 'the file is not UTF-8 text') : (error as Error),
    )
  }
}

const PORTION = 5_000

/** The ids of an import that nobody had, as CSV that is safe to open in a spreadsheet. */
export async function sendUnknownIds(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { segmentId } = unknownIdsEndpoint.params?.parse(request.params) ?? { segmentId: '' }
  await getSegmentRow(ctx, segmentId)
  const lines = async function* () {
    yield '﻿id\r\n'
    for (let after = 0; ; ) {
      const rows = await selectUnknown(ctx.db, segmentId, { after, limit: PORTION })
      if (rows.length > 0) yield `${rows.map(({ value }) => cell(value)).join('\r\n')}\r\n`
      const last = rows.at(-1)
      if (last === undefined || rows.length < PORTION) return
      after = last.place
    }
  }
  return reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="segment-${segmentId}-unknown.csv"`)
    .send(Readable.from(lines()))
}

/** A leading =, +, - or @ would be a formula; a phone's + is kept readable by the quote before it. */
const cell = (value: string): string => {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
