import type { FastifyRequest } from 'fastify'
import type { Ctx } from '../../context.ts'
import { AppError, forbidden } from '../../kernel/errors.ts'
import { countReceived, findSourceByKey } from '../sources/index.ts'
import { collectDatasetRows, countOutcomes } from './rows.ts'
import { collectRowsEndpoint, type RowsAnswer } from './schema.ts'

/** Rows by the write key of a server source; a public key proves nothing and writes none. */
export async function collectRows(ctx: Ctx, request: FastifyRequest): Promise<RowsAnswer> {
  const writeKey = writeKeyOf(request.headers.authorization ?? '')
  const source = writeKey === undefined ? undefined : await findSourceByKey(ctx, writeKey)
  if (source === undefined || !source.active)
    throw new AppError('unauthenticated', 'write_key_invalid', 'this write key is not known or disabled')
  if (source.kind !== 'server')
    throw forbidden('server_key_needed', 'rows are taken with the key of a server source only')
  const { key } = collectRowsEndpoint.params?.parse(request.params) ?? { key: '' }
  const { rows } = collectRowsEndpoint.body?.parse(request.body) ?? { rows: [] }
  const results = await collectDatasetRows(ctx, key, { rows, accountId: source.accountId })
  const { refused = 0 } = countOutcomes(results)
  countReceived(ctx, source.id, { accepted: results.length - refused, rejected: refused })
  return { results }
}

/** The user name of basic auth, as Segment’s clients send it, or a bearer token. */
function writeKeyOf(authorization: string): string | undefined {
  const [, scheme = '', credentials = ''] = /^(Basic|Bearer) (\S+)$/i.exec(authorization) ?? []
  if (scheme === '') return undefined
  if (scheme.toLowerCase() === 'bearer') return credentials
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0]
}
