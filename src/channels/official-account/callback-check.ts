import * as api from '../../wechat/payloads/credentials.ts'
import type { OfficialAccountClient } from './client.ts'

/** 网络检测: whether the platform reaches the callback URL that is set there. */
export async function checkCallback(client: OfficialAccountClient): Promise<{
  addresses: { ip: string; operator: string | undefined }[]
  pings: { ip: string; packageLoss: string | undefined; time: string | undefined }[]
}> {
  const { dns, ping } = await client.call(api.checkCallback, { action: 'all', check_operator: 'DEFAULT' })
  return {
    addresses: dns.map((entry) => ({ ip: entry.ip, operator: entry.real_operator })),
    pings: ping.map((entry) => ({ ip: entry.ip, packageLoss: entry.package_loss, time: entry.time })),
  }
}

/** Addresses that pushes come from. */
export const getCallbackSources = async (client: OfficialAccountClient): Promise<string[]> =>
  (await client.call(api.getCallbackIp, {})).ip_list

/** Addresses that calls go to. */
export const getApiServers = async (client: OfficialAccountClient): Promise<string[]> =>
  (await client.call(api.getApiDomainIp, {})).ip_list
