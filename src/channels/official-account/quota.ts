import * as api from '../../wechat/payloads/credentials.ts'
import type { OfficialAccountClient } from './client.ts'

export type InterfaceQuota = {
  readonly perDay: number
  readonly used: number
  readonly left: number
  readonly rate: { readonly calls: number; readonly seconds: number } | undefined
}

/** What one interface has left today, by its path (`/cgi-bin/…`). The platform's counter is off by up to 1 %. */
export async function getInterfaceQuota(
  client: OfficialAccountClient,
  path: string,
): Promise<InterfaceQuota> {
  const { quota, rate_limit } = await client.call(api.getQuota, { cgi_path: path })
  return {
    perDay: quota.daily_limit,
    used: quota.used,
    left: quota.remain,
    rate:
      rate_limit?.call_count === undefined
        ? undefined
        : { calls: rate_limit.call_count, seconds: rate_limit.refresh_second ?? 60 },
  }
}

/** All interfaces at once: 10 times a month. */
export async function clearAllQuota(client: OfficialAccountClient, appId: string): Promise<void> {
  await client.call(api.clearQuota, { appid: appId })
}

/** One interface: 50 times a month. */
export async function clearInterfaceQuota(client: OfficialAccountClient, path: string): Promise<void> {
  await client.call(api.clearInterfaceQuota, { cgi_path: path })
}
