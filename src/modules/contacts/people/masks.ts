import { shortenId } from '../rules.ts'
import type { IdentityKindName } from './schema.ts'

/** An id as someone may see it who sees figures, not people. */
export function maskIdentity(kind: IdentityKindName, value: string): string {
  if (kind === 'phone') return `${value.slice(0, -8)}****${value.slice(-4)}`
  const id = kind === 'openid' ? value.slice(value.indexOf(':') + 1) : value
  return id.length > 9 ? shortenId(id) : `${id.slice(0, 1)}***`
}

/** 王** */
export const maskName = (name: string): string => `${[...name][0] ?? ''}**`
