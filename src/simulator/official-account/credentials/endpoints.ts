import { randomBytes } from 'node:crypto'
import { type Account, findAccount } from '../account.ts'
import { type Answer, type Endpoint, type Request, verified } from '../call.ts'
import { refuse } from '../refusal.ts'
import { isListed, notListed } from './caller.ts'
import { type Issued, issueClassic, issueStable, TOKEN_LIFE_S } from './tokens.ts'

export const credentialEndpoints: Endpoint[] = [
  { path: '/cgi-bin/token', method: 'GET', token: false, handle: classicToken },
  { path: '/cgi-bin/stable_token', method: 'POST', token: false, handle: stableToken },
  { path: '/cgi-bin/ticket/getticket', method: 'GET', allow: verified, handle: getTicket },
]

async function classicToken(request: Request): Promise<Answer> {
  const { query } = request
  const account = await creditor(request, {
    grantType: query['grant_type'],
    appid: query['appid'],
    secret: query['secret'],
    path: '/cgi-bin/token',
  })
  return shown(await issueClassic(request.world, account))
}

async function stableToken(request: Request): Promise<Answer> {
  const { body } = request
  const account = await creditor(request, {
    grantType: body['grant_type'],
    appid: body['appid'],
    secret: body['secret'],
    path: '/cgi-bin/stable_token',
  })
  return shown(await issueStable(request.world, account, body['force_refresh'] === true))
}

const shown = (issued: Issued): Answer => ({ access_token: issued.token, expires_in: issued.expiresIn })

type Claim = { grantType: unknown; appid: unknown; secret: unknown; path: string }

/** The account that may be given a token, or the refusal of table 1.3. */
async function creditor(request: Request, claim: Claim): Promise<Account> {
  if (claim.grantType !== 'client_credential') refuse(40002)
  const { world } = request
  const account = await accountBySecret(request, claim)
  world.usage.count(account, claim.path)
  if (account.settings.standing === 'token-forbidden') refuse(50004)
  if (account.settings.standing === 'frozen') refuse(50007)
  if (!isListed(account.ipList, request.ip)) refuse(40164, notListed(request.ip))
  return account
}

export async function accountBySecret(
  request: Request,
  { appid, secret }: { appid: unknown; secret: unknown },
): Promise<Account> {
  if (typeof appid !== 'string' || appid === '') refuse(41002)
  if (typeof secret !== 'string' || secret === '') refuse(41004)
  const account = (await findAccount(request.world.db, appid)) ?? refuse(40013)
  if (account.settings.standing === 'secret-frozen') refuse(40243)
  if (secret === account.secret) return account
  // A secret of the wrong shape is told apart from one that is merely wrong.
  if (!/^[0-9a-f]{32}$/.test(secret)) refuse(40125)
  return refuse(40001, 'invalid credential, access_token is invalid or not latest')
}

async function getTicket({ world, account, query, now }: Parameters<AuthorisedHandle>[0]): Promise<Answer> {
  if (query['type'] !== 'jsapi') refuse(40097, 'invalid args')
  const row = await world.db.row<{ ticket: string; expires_at: Date }>(
    `insert into ticket (account_id, ticket, expires_at) values ($1, $2, $3)
     on conflict (account_id) do update set
       ticket = case when ticket.expires_at > $4 then ticket.ticket else excluded.ticket end,
       expires_at = case when ticket.expires_at > $4 then ticket.expires_at else excluded.expires_at end
     returning ticket, expires_at`,
    [account.id, randomBytes(64).toString('base64url'), new Date(now.getTime() + TOKEN_LIFE_S * 1000), now],
  )
  const left = row ? Math.floor((row.expires_at.getTime() - now.getTime()) / 1000) : 0
  return { errcode: 0, errmsg: 'ok', ticket: row?.ticket, expires_in: left }
}

type AuthorisedHandle = Extract<Endpoint, { token?: true }>['handle']
