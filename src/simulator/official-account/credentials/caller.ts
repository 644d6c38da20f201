import { BlockList, isIP } from 'node:net'

/** `1.2.3.4` for `::ffff:1.2.3.4`, as the platform shows callers. */
export const plainIp = (ip: string): string => ip.replace(/^::ffff:/, '')

/** Whether the whitelist (single addresses or CIDR) lets this caller in. An empty list is one nobody has filled in yet. */
export function isListed(list: readonly string[], ip: string): boolean {
  if (list.length === 0) return true
  const allowed = new BlockList()
  for (const entry of list) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0) continue
    if (bits === undefined) allowed.addAddress(address, family)
    else allowed.addSubnet(address, Number(bits), family)
  }
  const plain = plainIp(ip)
  return allowed.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

export const notListed = (ip: string): string => {
  const plain = plainIp(ip)
  const mapped = isIP(plain) === 4 ? `::ffff:${plain}` : plain
  return `invalid ip ${plain} ipv6 ${mapped}, not in whitelist`
}
