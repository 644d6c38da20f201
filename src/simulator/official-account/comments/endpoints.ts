import { type Answer, bigId, type Call, characters, type Endpoint, integer, OK, text } from '../call.ts'
import { refuse } from '../refusal.ts'

const PAGE_BELOW = 50
const MAX_REPLY = 140
const MAX_ELECTED = 100

const comment = (name: string, handle: (call: Call, article: Commented) => Promise<Answer>): Endpoint => ({
  path: `/cgi-bin/comment/${name}`,
  method: 'POST',
  handle: async (call) => handle(call, await commented(call)),
})

export const commentEndpoints: Endpoint[] = [
  comment('open', (call, article) => setOpen(call, article, true)),
  comment('close', (call, article) => setOpen(call, article, false)),
  comment('list', listComments),
  comment('markelect', (call, article) => setElected(call, article, true)),
  comment('unmarkelect', (call, article) => setElected(call, article, false)),
  comment('delete', deleteComment),
  comment('reply/add', addReply),
  comment('reply/delete', deleteReply),
]

type Commented = { msgDataId: string; idx: number; open: boolean }

/** The article in question. Its index counts from 0 here, unlike everywhere else. */
async function commented({ world, account, body }: Call): Promise<Commented> {
  if (!(account.settings.commentRight ?? account.verified)) refuse(88000)
  const msgDataId = bigId(body, 'msg_data_id', 88001)
  const index = body['index'] === undefined ? 0 : integer(body, 'index', 88001)
  const article = await world.db.row<{ comments_open: boolean; deleted_at: Date | null }>(
    'select comments_open, deleted_at from article where account_id = $1 and msg_data_id = $2 and idx = $3',
    [account.id, msgDataId, index + 1],
  )
  if (!article) refuse(88001)
  if (article.deleted_at) refuse(88002)
  return { msgDataId, idx: index + 1, open: article.comments_open }
}

async function setOpen({ world }: Call, { msgDataId, idx }: Commented, open: boolean): Promise<Answer> {
  await world.db.run('update article set comments_open = $3 where msg_data_id = $1 and idx = $2', [
    msgDataId,
    idx,
    open,
  ])
  return OK
}

type Row = {
  id: string
  openid: string
  created_at: Date
  content: string
  elected: boolean
  reply: string | null
  replied_at: Date | null
}

const FILTER = ['true', 'not elected', 'elected']

async function listComments({ world, body }: Call, { msgDataId, idx }: Commented): Promise<Answer> {
  const begin = integer(body, 'begin', 88010)
  const count = integer(body, 'count', 88010)
  if (begin < 0 || count < 1 || count >= PAGE_BELOW) refuse(88010)
  const filter = FILTER[integer(body, 'type', 40035)] ?? refuse(40035)
  const counted = await world.db.row<{ total: number }>(
    `select count(*)::int as total from comment where msg_data_id = $1 and idx = $2 and ${filter}`,
    [msgDataId, idx],
  )
  const rows = await world.db.rows<Row>(
    `select comment.*, openid from comment join fan on fan.id = fan_id where msg_data_id = $1 and idx = $2 and ${filter}
     order by comment.created_at desc, comment.id desc offset $3 limit $4`,
    [msgDataId, idx, begin, count],
  )
  const shown = rows.map((row) => ({
    user_comment_id: BigInt(row.id),
    openid: row.openid,
    create_time: seconds(row.created_at),
    content: row.content,
    comment_type: row.elected ? 1 : 0,
    ...(row.reply && row.replied_at
      ? { reply: { content: row.reply, create_time: seconds(row.replied_at) } }
      : {}),
  }))
  return { ...OK, total: counted?.total ?? 0, comment: shown }
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000)

async function wanted({ world, body }: Call, { msgDataId, idx }: Commented): Promise<Row> {
  const row = await world.db.row<Row>(
    'select * from comment where id = $1 and msg_data_id = $2 and idx = $3',
    [bigId(body, 'user_comment_id', 88008), msgDataId, idx],
  )
  return row ?? refuse(88008)
}

async function setElected(call: Call, article: Commented, elected: boolean): Promise<Answer> {
  const row = await wanted(call, article)
  const { db } = call.world
  const counted = await db.row<{ count: number }>(
    'select count(*)::int as count from comment where msg_data_id = $1 and idx = $2 and elected',
    [article.msgDataId, article.idx],
  )
  if (elected && !row.elected && (counted?.count ?? 0) >= MAX_ELECTED) refuse(88003)
  await db.run('update comment set elected = $2 where id = $1', [row.id, elected])
  return OK
}

async function deleteComment(call: Call, article: Commented): Promise<Answer> {
  const row = await wanted(call, article)
  await call.world.db.run('delete from comment where id = $1', [row.id])
  return OK
}

async function addReply(call: Call, article: Commented): Promise<Answer> {
  const row = await wanted(call, article)
  const content = text(call.body, 'content', 88007)
  if (content.trim() === '' || characters(content) > MAX_REPLY) refuse(88007)
  if (row.reply !== null) refuse(88005)
  await call.world.db.run('update comment set reply = $2, replied_at = $3 where id = $1', [
    row.id,
    content,
    call.now,
  ])
  return OK
}

async function deleteReply(call: Call, article: Commented): Promise<Answer> {
  const row = await wanted(call, article)
  if (row.reply === null) refuse(87009, 'the reply is not exists')
  await call.world.db.run('update comment set reply = null, replied_at = null where id = $1', [row.id])
  return OK
}
