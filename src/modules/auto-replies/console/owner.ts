import type { ReplyRule } from '../schema.ts'

const PAGES = { recall: 'recalls', 'qr-code': 'qr-codes', menu: 'menus' } as const

/** Where a rule is edited: here, or on the page that it was made on. */
export function pageOfRule(accountId: string, { id, owner }: Pick<ReplyRule, 'id' | 'owner'>): string {
  const base = `/accounts/${accountId}`
  if (owner === null) return `${base}/replies/${id}/edit`
  return owner.kind === 'menu' ? `${base}/menus` : `${base}/${PAGES[owner.kind]}/${owner.id}`
}
