import { randomBytes } from 'node:crypto'
import { type Answer, type Call, type Endpoint, integer, OK, text, verified } from '../call.ts'
import { refuse } from '../refusal.ts'

export const shortKeyEndpoints: Endpoint[] = [
  { path: '/cgi-bin/shorten/gen', method: 'POST', allow: verified, handle: make },
  { path: '/cgi-bin/shorten/fetch', method: 'POST', allow: verified, handle: read },
]

const MOST_BYTES = 4_096
const MOST_SECONDS = 2_592_000

/** 短key托管: 15 characters for up to 4 KB and 30 days. */
async function make({ world, account, body, now }: Call): Promise<Answer> {
  const data = text(body, 'long_data')
  if (data === '') refuse(40035)
  if (Buffer.byteLength(data) > MOST_BYTES) refuse(9410012)
  const seconds = integer(body, 'expire_seconds')
  if (seconds < 1 || seconds > MOST_SECONDS) refuse(40035)
  const key = randomBytes(12).toString('base64url').slice(0, 15)
  await world.db.run('insert into short_key values ($1, $2, $3, $4, $5)', [
    key,
    account.id,
    data,
    now,
    new Date(now.getTime() + seconds * 1_000),
  ])
  return { ...OK, short_key: key }
}

type Row = { data: string; made_at: Date; expires_at: Date }

async function read({ world, account, body, now }: Call): Promise<Answer> {
  const row = await world.db.row<Row>('select * from short_key where key = $1 and account_id = $2', [
    text(body, 'short_key'),
    account.id,
  ])
  if (!row) refuse(9410011)
  if (row.expires_at <= now) refuse(9410010)
  return {
    ...OK,
    long_data: row.data,
    create_time: Math.floor(row.made_at.getTime() / 1_000),
    expire_seconds: Math.round((row.expires_at.getTime() - row.made_at.getTime()) / 1_000),
  }
}
