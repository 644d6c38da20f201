import type { JsonObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import { type Answer, bigId, type Call, type Endpoint, OK, object, text, verified } from '../call.ts'
import { refuse } from '../refusal.ts'
import { type FanRow, findFan } from '../users/fans.ts'
import { checkButtons, checkDomains } from './check.ts'
import { currentMenu } from './current.ts'
import { menuOfFan, type Rule, readBoard, recordBoard } from './store.ts'

const post = { method: 'POST', unicodeEscapes: 'refuse', allow: verified } as const
const get = { method: 'GET', allow: verified } as const
export const menuEndpoints: Endpoint[] = [
  { path: '/cgi-bin/menu/create', ...post, handle: create },
  { path: '/cgi-bin/menu/get', ...get, handle: read },
  { path: '/cgi-bin/menu/delete', ...get, handle: remove },
  { path: '/cgi-bin/menu/addconditional', ...post, handle: addConditional },
  { path: '/cgi-bin/menu/delconditional', ...post, handle: deleteConditional },
  { path: '/cgi-bin/menu/trymatch', ...post, handle: tryMatch },
  { path: '/cgi-bin/get_current_selfmenu_info', method: 'GET', handle: currentMenu },
]

/** Replaces the default menu; conditional ones stay. */
async function create(call: Call): Promise<Answer> {
  const buttons = await checkButtons(call, call.body['button'])
  await change(call, (tx) => putMenu(tx, call.account.id, { buttons, fromConsole: false }))
  return OK
}

export const putMenu = (
  tx: Queries,
  accountId: number,
  { buttons, fromConsole }: { buttons: readonly object[]; fromConsole: boolean },
): Promise<number> =>
  tx.run(
    `insert into menu (account_id, buttons, from_console) values ($1, $2, $3)
     on conflict (account_id) do update set buttons = excluded.buttons, from_console = excluded.from_console,
       menu_id = excluded.menu_id`,
    [accountId, JSON.stringify(buttons), fromConsole],
  )

/** Every change of an account's menus goes one after the other, and is kept. */
export const change = (
  { world, account, now }: Call,
  work: (tx: Queries) => Promise<unknown>,
): Promise<void> =>
  world.db.transaction(async (tx) => {
    await tx.run('select from account where id = $1 for update', [account.id])
    await work(tx)
    await recordBoard(tx, account.id, now)
  })

const shown = (buttons: readonly JsonObject[]): JsonObject[] =>
  buttons.map((one) => ({ ...one, sub_button: one['sub_button'] ?? [] }))

/** Only what calls made: 46003 while the menu is one of WeChat's own pages. */
async function read({ world, account }: Call): Promise<Answer> {
  const { menu, conditional } = await readBoard(world.db, account.id)
  if (!menu || menu.fromConsole) refuse(46003)
  return {
    menu: { button: shown(menu.buttons), ...(conditional.length > 0 ? { menuid: BigInt(menu.id) } : {}) },
    ...(conditional.length > 0
      ? {
          conditionalmenu: conditional.map(({ id, rule, buttons }) => ({
            button: shown(buttons),
            matchrule: rule,
            menuid: BigInt(id),
          })),
        }
      : {}),
  }
}

async function remove(call: Call): Promise<Answer> {
  await change(call, async (tx) => {
    await tx.run('delete from conditional_menu where account_id = $1', [call.account.id])
    await tx.run('delete from menu where account_id = $1', [call.account.id])
  })
  return OK
}

async function addConditional(call: Call): Promise<Answer> {
  const { world, account, body } = call
  const buttons = await checkButtons(call, body['button'], 65307)
  const rule = await readRule(call, object(body, 'matchrule', 65304))
  let id = ''
  await change(call, async (tx) => {
    const { menu, conditional } = await readBoard(tx, account.id)
    if (!menu || menu.fromConsole) refuse(65303)
    checkDomains([buttons, ...conditional.map((one) => one.buttons)])
    const row = await tx.row<{ id: string }>(
      `insert into conditional_menu (account_id, rule, buttons) values ($1, $2, $3) returning menu_id::text as id`,
      [account.id, JSON.stringify(rule), JSON.stringify(buttons)],
    )
    id = row?.id ?? ''
  })
  world.wake()
  return { menuid: id }
}

const PRIVATE = ['sex', 'country', 'province', 'city', 'language']

/** Rules by sex, place or language are refused since 2021 (65320). */
async function readRule({ world, account }: Call, given: JsonObject): Promise<Rule> {
  const said = (name: string): boolean => given[name] !== undefined && given[name] !== ''
  if (PRIVATE.some(said)) refuse(65320)
  const rule: Rule = {}
  const tag = said('tag_id') ? given['tag_id'] : given['group_id']
  if (tag !== undefined && tag !== '') {
    rule.tag_id = whole(tag, 45159)
    const known = await world.db.row('select 1 from tag where account_id = $1 and id = $2', [
      account.id,
      rule.tag_id,
    ])
    if (!known) refuse(45159)
  }
  if (said('client_platform_type')) {
    const system = whole(given['client_platform_type'], 40035)
    if (system !== 1 && system !== 2 && system !== 3) refuse(40035)
    rule.client_platform_type = system
  }
  return rule.tag_id === undefined && rule.client_platform_type === undefined ? refuse(65304) : rule
}

const whole = (value: unknown, errcode: number): number =>
  /^\d{1,9}$/.test(String(value)) ? Number(value) : refuse(errcode)

async function deleteConditional(call: Call): Promise<Answer> {
  const id = bigId(call.body, 'menuid', 65301)
  await change(call, async (tx) => {
    const gone = await tx.run('delete from conditional_menu where account_id = $1 and menu_id = $2', [
      call.account.id,
      id,
    ])
    if (gone === 0) refuse(65301)
  })
  return OK
}

/** `user_id`: an openid or a WeChat id. */
async function tryMatch({ world, account, body }: Call): Promise<Answer> {
  const asked = text(body, 'user_id', 65302)
  const fan =
    (await findFan(world.db, account.id, asked)) ??
    (await world.db.row<FanRow>('select * from fan where account_id = $1 and wechat_id = $2', [
      account.id,
      asked,
    ]))
  if (!fan?.following) refuse(65302)
  const seen = await menuOfFan(world.db, fan)
  return seen ? { button: shown(seen.buttons) } : refuse(46003)
}
