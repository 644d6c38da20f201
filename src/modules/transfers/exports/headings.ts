import type { Executor } from '../../../infra/transaction.ts'
import { accountsOf, keyOf, keysOf } from './cells.ts'
import { selectColumnFacts } from './store.ts'

const OWN: Record<string, Record<'zh-CN' | 'en', string>> = {
  id: { 'zh-CN': '客户编号', en: 'Customer ID' },
  name: { 'zh-CN': '姓名', en: 'Name' },
  phone: { 'zh-CN': '手机号', en: 'Phone' },
  user: { 'zh-CN': '会员号', en: 'Member ID' },
  external_user: { 'zh-CN': '企微客户 ID', en: 'WeCom customer ID' },
  unionid: { 'zh-CN': 'UnionID', en: 'UnionID' },
  tags: { 'zh-CN': '标签', en: 'Tags' },
  created_at: { 'zh-CN': '创建时间', en: 'Created' },
  openid: { 'zh-CN': 'OpenID', en: 'OpenID' },
  following: { 'zh-CN': '是否关注', en: 'Following' },
  followed_at: { 'zh-CN': '关注时间', en: 'Followed' },
  last_interaction: { 'zh-CN': '最近互动', en: 'Last interaction' },
  wechat_tags: { 'zh-CN': '微信标签', en: 'WeChat tags' },
}

/** The first line of the file; an account is told by its name. */
export async function headingsOf(
  db: Executor,
  { columns, locale }: { columns: readonly string[]; locale: 'zh-CN' | 'en' },
): Promise<string[]> {
  const facts = await selectColumnFacts(db, { keys: keysOf(columns), accountIds: accountsOf(columns) })
  return columns.map((column) => {
    const key = keyOf(column)
    if (key !== undefined) return facts.attributes.get(key) ?? key
    const [kind = '', accountId] = column.split(':')
    const name = OWN[kind]?.[locale] ?? kind
    return accountId === undefined ? name : `${name} · ${facts.accounts.get(accountId) ?? accountId}`
  })
}
