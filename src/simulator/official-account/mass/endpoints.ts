import type { World } from '../../world.ts'
import { type Answer, bigId, type Call, type Endpoint, OK, verified, verifiedService } from '../call.ts'
import { nextId, takeOffline } from '../publish/publications.ts'
import { refuse } from '../refusal.ts'
import { type FanRow, findFan } from '../users/fans.ts'
import { readContent } from './content.ts'
import { SPEEDS } from './pace.ts'
import { send, sendAll } from './submit.ts'

const PREVIEWS_BY_NAME_PER_DAY = 100

export const massEndpoints: Endpoint[] = [
  { path: '/cgi-bin/message/mass/sendall', method: 'POST', allow: verified, handle: sendAll },
  { path: '/cgi-bin/message/mass/send', method: 'POST', allow: verifiedService, handle: send },
  { path: '/cgi-bin/message/mass/preview', method: 'POST', allow: verified, handle: preview },
  { path: '/cgi-bin/message/mass/delete', method: 'POST', allow: verified, handle: remove },
  { path: '/cgi-bin/message/mass/get', method: 'POST', allow: verified, handle: getStatus },
  {
    path: '/cgi-bin/message/mass/speed/get',
    method: 'POST',
    emptyBody: true,
    allow: verified,
    handle: getSpeed,
  },
  { path: '/cgi-bin/message/mass/speed/set', method: 'POST', allow: verified, handle: setSpeed },
]

/** A preview goes to one fan at once and touches no quota of that fan. */
async function preview(call: Call): Promise<Answer> {
  const { world, account, body, now } = call
  const fan = await previewer(call)
  const content = await readContent({ db: world.db, account, body, now }, 'preview')
  const msgId = await nextId(world.db)
  await world.db.transaction(async (tx) => {
    const shown = content.articles ? { ...content.content, draft_id: content.draftId } : content.content
    await tx.run(
      `insert into message (id, account_id, kind, msgtype, content, content_key, created_at) values ($1, $2, 'preview', $3, $4, $5, $6)`,
      [msgId, account.id, content.msgtype, shown, content.contentKey, now],
    )
    await tx.run(
      `insert into receipt (account_id, fan_id, message_id, kind, received_at) values ($1, $2, $3, 'preview', $4)`,
      [account.id, fan.id, msgId, now],
    )
  })
  return { errcode: 0, errmsg: 'preview success', msg_id: BigInt(msgId) }
}

/** A WeChat id wins over an openid when both are given. */
async function previewer({ world, account, body }: Call): Promise<FanRow> {
  const name = body['towxname']
  if (typeof name === 'string' && name !== '') {
    world.usage.count({ ...account, quotas: { ...BY_NAME, ...account.quotas } }, PREVIEW_BY_NAME)
    const named = await world.db.row<FanRow>(
      'select * from fan where account_id = $1 and wechat_id = $2 and following',
      [account.id, name],
    )
    return named ?? refuse(40132)
  }
  const openid = body['touser']
  if (typeof openid !== 'string' || openid === '') refuse(41009)
  const fan = await findFan(world.db, account.id, openid)
  return fan?.following ? fan : refuse(40003)
}

const PREVIEW_BY_NAME = '/cgi-bin/message/mass/preview#towxname'
const BY_NAME = { [PREVIEW_BY_NAME]: PREVIEWS_BY_NAME_PER_DAY }

type Sent = {
  state: string
  msg_id: string
  msg_data_id: string | null
  msgtype: string
  articles: unknown[] | null
}

/** Of the jobs of this interface: what the owner sent from the backend it never names. */
async function sentJob(world: World, accountId: number, body: Call['body']): Promise<Sent> {
  const row = await world.db.row<Sent>(
    `select state, msg_id, msg_data_id, msgtype, articles from mass_job join message on message.id = msg_id
     where mass_job.account_id = $1 and msg_id = $2 and call <> 'console'`,
    [accountId, bigId(body, 'msg_id', 40059)],
  )
  return row ?? refuse(40059)
}

/** Takes the content away everywhere; cards that have arrived stay and open an error page. */
async function remove({ world, account, body, now }: Call): Promise<Answer> {
  const job = await sentJob(world, account.id, body)
  if (job.state !== 'sent') refuse(40065)
  if (job.msgtype !== 'mpnews' && job.msgtype !== 'mpvideo') refuse(40065)
  const index = body['article_idx'] ?? 0
  const articles = job.articles?.length ?? 1
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > articles) refuse(40060)
  await world.db.transaction(async (tx) => {
    if (job.msg_data_id) await takeOffline(tx, job.msg_data_id, index, now)
    const left = await tx.row('select 1 from article where msg_data_id = $1 and deleted_at is null', [
      job.msg_data_id,
    ])
    if (!left) await tx.run(`update mass_job set state = 'deleted' where msg_id = $1`, [job.msg_id])
  })
  return OK
}

const STATUS: Record<string, string> = {
  confirming: 'SENDING',
  sending: 'SENDING',
  sent: 'SEND_SUCCESS',
  failed: 'SEND_FAIL',
  deleted: 'DELETE',
}

async function getStatus({ world, account, body }: Call): Promise<Answer> {
  const job = await sentJob(world, account.id, body)
  return { msg_id: BigInt(job.msg_id), msg_status: STATUS[job.state] }
}

const shownSpeed = (speed: number): Answer => ({ speed, realspeed: (SPEEDS[speed] ?? SPEEDS[0]) / 10_000 })

async function getSpeed({ account }: Call): Promise<Answer> {
  return shownSpeed(account.speed)
}

async function setSpeed({ world, account, body }: Call): Promise<Answer> {
  const speed = body['speed']
  if (speed === undefined) refuse(45084)
  if (typeof speed !== 'number' || !Number.isInteger(speed) || speed < 0 || speed > 4) refuse(45083)
  await world.db.run('update account set speed = $2 where id = $1', [account.id, speed])
  return { ...OK, ...shownSpeed(speed) }
}
