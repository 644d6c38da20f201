import type { MaterialUse } from '../schema.ts'

/** The page on which what names a material is changed. */
export function pageOfUse(accountId: string, { kind, id, owner }: MaterialUse): string {
  const base = `/accounts/${accountId}`
  switch (kind) {
    case 'reply-rule':
      if (owner === null) return `${base}/replies/${id}/edit`
      if (owner.kind === 'menu') return `${base}/menus`
      return `${base}/${owner.kind === 'recall' ? 'recalls' : 'qr-codes'}/${owner.id}`
    case 'recall':
      return `${base}/recalls/${id}`
    case 'menu':
    case 'live-menu':
      return `${base}/menus`
    case 'campaign':
      return `${base}/campaigns/${id}`
    case 'broadcast':
      return `${base}/broadcasts/${id}`
  }
}

/** What kind of thing it is to the operator: the answer of a code is the code's. */
export const kindOfUse = ({ kind, owner }: MaterialUse) =>
  kind === 'reply-rule' && owner !== null ? (`${owner.kind}-reply` as const) : kind
