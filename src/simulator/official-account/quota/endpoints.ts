import type { World } from '../../world.ts'
import { type Answer, type Call, type Endpoint, OK, type Request, text } from '../call.ts'
import { accountBySecret } from '../credentials/endpoints.ts'
import { refuse } from '../refusal.ts'
import { dayLimitOf, minuteLimitOf, quotaKeyOf } from './limits.ts'

const RESETS_PER_MONTH = { all: 10, path: 50 } as const
const RID_LIFE_MS = 7 * 86_400_000

/** `known` tells which paths exist: the quota calls answer for those only. */
export const quotaEndpoints = (known: () => ReadonlySet<string>): Endpoint[] => {
  const pathOf = (body: Call['body']): string => {
    const path = text(body, 'cgi_path', 76021)
    if (path.startsWith('/sns/')) refuse(76022)
    return known().has(path) ? path : refuse(76021)
  }
  return [
    {
      path: '/cgi-bin/openapi/quota/get',
      method: 'POST',
      counted: false,
      handle: async (call) => getQuota(call, pathOf(call.body)),
    },
    {
      path: '/cgi-bin/openapi/quota/clear',
      method: 'POST',
      counted: false,
      handle: async (call) => {
        const path = pathOf(call.body)
        await spendReset(call.world, call.account.id, 'path', call.now)
        await call.world.usage.clear(call.account.id, path)
        return OK
      },
    },
    { path: '/cgi-bin/clear_quota', method: 'POST', counted: false, handle: clearAll },
    { path: '/cgi-bin/clear_quota/v2', method: 'ANY', token: false, handle: clearBySecret },
    { path: '/cgi-bin/openapi/rid/get', method: 'POST', counted: false, handle: getRid },
  ]
}

async function getQuota({ world, account }: Call, path: string): Promise<Answer> {
  const key = quotaKeyOf(path)
  const limit = dayLimitOf(key, account.quotas)
  const used = world.usage.usedToday(account.id, path)
  const perMinute = minuteLimitOf(key, account.quotas)
  return {
    ...OK,
    quota: { daily_limit: limit, used, remain: Math.max(0, limit - used) },
    rate_limit: perMinute === undefined ? {} : { call_count: perMinute, refresh_second: 60 },
    component_rate_limit: {},
  }
}

async function clearAll({ world, account, body, now }: Call): Promise<Answer> {
  if (text(body, 'appid', 41002) !== account.appid) refuse(40013)
  await spendReset(world, account.id, 'all', now)
  await world.usage.clear(account.id)
  return OK
}

async function clearBySecret(request: Request): Promise<Answer> {
  const claim = { ...request.body, ...request.query }
  const account = await accountBySecret(request, { appid: claim['appid'], secret: claim['appsecret'] })
  await spendReset(request.world, account.id, 'all', request.now)
  await request.world.usage.clear(account.id)
  return OK
}

async function spendReset(world: World, accountId: number, kind: keyof typeof RESETS_PER_MONTH, now: Date) {
  const added = await world.db.run(
    `insert into quota_reset (account_id, kind, at)
     select $1, $2, $3::timestamptz
     where (select count(*) from quota_reset where account_id = $1 and kind = $2
            and at >= date_trunc('month', $3::timestamptz at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai') < $4`,
    [accountId, kind, now, RESETS_PER_MONTH[kind]],
  )
  if (added === 0) refuse(48006)
}

type Record = {
  account_id: number | null
  at: Date
  cost_ms: number
  url: string
  request_body: string
  response_body: string
  client_ip: string
}

async function getRid({ world, account, body, now }: Call): Promise<Answer> {
  const rid = text(body, 'rid', 76002)
  if (!/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/.test(rid)) refuse(76002)
  if (now.getTime() - Number.parseInt(rid.slice(0, 8), 16) * 1000 > RID_LIFE_MS) refuse(76004)
  const found = await world.db.row<Record>('select * from request_record where rid = $1', [rid])
  if (!found) refuse(76001)
  if (found.account_id !== account.id) refuse(76003)
  return {
    ...OK,
    request: {
      invoke_time: Math.floor(found.at.getTime() / 1000),
      cost_in_ms: found.cost_ms,
      request_url: found.url,
      request_body: found.request_body,
      response_body: found.response_body,
      client_ip: found.client_ip,
    },
  }
}
