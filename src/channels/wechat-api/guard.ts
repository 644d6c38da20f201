import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { AppError, forbidden } from '../../kernel/errors.ts'

/** Where calls may go. Throws `forbidden` before anything is sent. */
export type Guard = {
  check(url: string): void
  /** The same for an address of a file that the platform hands us: in production any on the public Internet. */
  checkGiven(url: string): Promise<void>
}

export type GuardOptions =
  /** A sandbox talks to its simulators and to nobody else. */
  | { mode: 'sandbox'; simulatorUrls: readonly string[] }
  /** `extraOrigins`: a proxy in front of the platform, set on purpose. */
  | { mode: 'production'; extraOrigins?: readonly string[] }

export function createGuard(options: GuardOptions): Guard {
  const allowed = new Set(
    (options.mode === 'sandbox' ? options.simulatorUrls : (options.extraOrigins ?? [])).map(
      (url) => new URL(url).origin,
    ),
  )
  const isKnown = (url: string): boolean => {
    const { origin, hostname } = new URL(url)
    if (allowed.has(origin)) return true
    if (options.mode === 'sandbox')
      throw forbidden('real_host_in_sandbox', `a sandbox may not call ${hostname}`, { host: hostname })
    return false
  }
  return {
    check(url) {
      if (isKnown(url)) return
      const { origin, hostname, protocol } = new URL(url)
      if (protocol !== 'https:' || !hostname.endsWith('.weixin.qq.com'))
        throw forbidden('host_not_allowed', `calls to ${origin} are not allowed`, { host: hostname })
    },
    async checkGiven(url) {
      if (!isKnown(url)) await assertPublicHost(url)
    },
  }
}

const inner = new BlockList()
const ranges = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const
for (const [net, prefix] of ranges) inner.addSubnet(net, prefix, 'ipv4')
/** Of IPv6 only 2000::/3 is in public use; documentation, 6to4 and Teredo ranges inside it are not places to call. */
const outer = new BlockList()
outer.addSubnet('2000::', 3, 'ipv6')
for (const [net, prefix] of [
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2001::', 32],
] as const)
  inner.addSubnet(net, prefix, 'ipv6')

/** True for an address of the public Internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !inner.check(address, 'ipv4')
  return isIP(address) === 6 && outer.check(address, 'ipv6') && !inner.check(address, 'ipv6')
}

/** For addresses that people or platforms hand us: every address of the host must be public. Throws `forbidden`. */
export async function assertPublicHost(url: string): Promise<void> {
  const { protocol, hostname } = new URL(url)
  const refused = new AppError('forbidden', 'host_not_public', 'the address is not on the public Internet')
  if (!/^https?:$/.test(protocol)) throw refused
  const host = hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) ? [{ address: host }] : await lookup(host, { all: true }).catch(() => [])
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) throw refused
}
