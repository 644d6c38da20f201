import { type Answer, type Call, type Endpoint, text } from '../call.ts'
import { refuse } from '../refusal.ts'

const OPERATORS = new Set(['CHINANET', 'UNICOM', 'CAP', 'DEFAULT'])

export const callbackEndpoints: Endpoint[] = [
  { path: '/cgi-bin/getcallbackip', method: 'GET', handle: async () => ({ ip_list: ['127.0.0.1'] }) },
  { path: '/cgi-bin/get_api_domain_ip', method: 'GET', handle: async () => ({ ip_list: ['127.0.0.1'] }) },
  { path: '/cgi-bin/callback/check', method: 'POST', handle: check },
]

/** A reachability test. Nobody else is there to be asked: what the platform reports is what this machine sees. */
async function check({ account, body }: Call): Promise<Answer> {
  const action = text(body, 'action', 40202)
  if (action !== 'dns' && action !== 'ping' && action !== 'all') refuse(40202)
  const operator = body['check_operator'] ?? 'DEFAULT'
  if (typeof operator !== 'string' || !OPERATORS.has(operator)) refuse(40203)
  if (!account.callback) refuse(40201)
  const host = new URL(account.callback.url).hostname
  const dns = [{ ip: host, real_operator: 'DEFAULT' }]
  const ping = [{ ip: host, from_operator: operator, package_loss: '0%', time: '1.000ms' }]
  return { ...(action === 'ping' ? {} : { dns }), ...(action === 'dns' ? {} : { ping }) }
}
