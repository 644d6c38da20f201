import type { Account } from '../official-account/account.ts'
import { compose, NOTICE_LIBRARY, TEMPLATE_LIBRARY } from '../official-account/templates/library.ts'
import { addTemplateRow } from '../official-account/templates/store.ts'
import type { Queries } from '../store/database.ts'

/** Old templates of an industry, as accounts still have them and nobody can add any more. */
const OLD = {
  title: '会员积分变动提醒',
  content:
    '{{first.DATA}}\n会员卡号：{{keyword1.DATA}}\n积分变动：{{keyword2.DATA}}\n当前积分：{{keyword3.DATA}}\n{{remark.DATA}}',
  example: '会员卡号：8801\n积分变动：+28\n当前积分：316',
}

const MENU = [
  { name: '点单', type: 'click', key: 'ORDER' },
  {
    name: '会员',
    sub_button: [
      { name: '我的积分', type: 'click', key: 'POINTS' },
      { name: '本周活动', type: 'view', url: 'https://shop.example.com/week' },
    ],
  },
  { name: '联系我们', type: 'click', key: 'CONTACT' },
]

/** Gives a new account its templates of both kinds, a menu, and some fans who agreed to be notified. */
export async function fillNotices(tx: Queries, account: Account): Promise<void> {
  if (!account.verified) return
  await tx.run('insert into menu (account_id, buttons) values ($1, $2)', [account.id, JSON.stringify(MENU)])
  if (account.kind !== 'service') return
  const at = (n: number): Date => new Date(account.createdAt.getTime() - (20 - n) * 60_000)
  for (const [n, { id, title, keywords }] of TEMPLATE_LIBRARY.slice(0, 3).entries())
    await addTemplateRow(
      tx,
      account.id,
      { kind: 'template', library_id: id, title, family: 'category', type: null, ...compose(keywords) },
      at(n),
    )
  await addTemplateRow(
    tx,
    account.id,
    { kind: 'template', library_id: null, family: 'industry', type: null, enums: [], ...OLD },
    at(5),
  )
  for (const [n, { id, title, keywords, type }] of NOTICE_LIBRARY.slice(0, 3).entries())
    await addTemplateRow(
      tx,
      account.id,
      { kind: 'subscription', library_id: id, title, family: 'category', type, ...compose(keywords) },
      at(10 + n),
    )
}
