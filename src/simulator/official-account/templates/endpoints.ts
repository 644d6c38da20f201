import type { Queries } from '../../store/database.ts'
import { type Answer, type Call, type Endpoint, OK, text, verifiedService } from '../call.ts'
import { refuse } from '../refusal.ts'
import { compose, TEMPLATE_LIBRARY } from './library.ts'
import { sendTemplate } from './send.ts'
import { addTemplateRow, listTemplateRows, MOST_TEMPLATES, removeTemplate } from './store.ts'

export const templateEndpoints: Endpoint[] = [
  {
    path: '/cgi-bin/message/template/send',
    method: 'POST',
    allow: verifiedService,
    quick: true,
    handle: sendTemplate,
  },
  { path: '/cgi-bin/template/api_set_industry', method: 'POST', allow: verifiedService, handle: setIndustry },
  { path: '/cgi-bin/template/get_industry', method: 'GET', allow: verifiedService, handle: getIndustry },
  { path: '/cgi-bin/template/api_add_template', method: 'POST', allow: verifiedService, handle: addTemplate },
  {
    path: '/cgi-bin/template/get_all_private_template',
    method: 'GET',
    allow: verifiedService,
    handle: listTemplates,
  },
  {
    path: '/cgi-bin/template/del_private_template',
    method: 'POST',
    allow: verifiedService,
    handle: deleteTemplate,
  },
]

const INDUSTRIES = 41
const MONTH_MS = 30 * 86_400_000

/** 设置所属行业: once a month; old templates of another industry go with it. */
async function setIndustry({ world, account, body, now }: Call): Promise<Answer> {
  const [first, second] = ['industry_id1', 'industry_id2'].map((name) => {
    const id = Number(body[name])
    return Number.isInteger(id) && id >= 1 && id <= INDUSTRIES ? String(id) : refuse(40035)
  })
  await world.db.transaction(async (tx) => {
    const known = await tx.row<{ set_at: Date }>(
      'select set_at from industry where account_id = $1 for update',
      [account.id],
    )
    if (known && now.getTime() - known.set_at.getTime() < MONTH_MS) refuse(43100)
    await tx.run(
      `insert into industry values ($1, $2, $3, $4) on conflict (account_id) do update
         set primary_id = excluded.primary_id, secondary_id = excluded.secondary_id, set_at = excluded.set_at`,
      [account.id, first, second, now],
    )
    await tx.run(
      `update template set deleted_at = $2 where account_id = $1 and family = 'industry' and deleted_at is null`,
      [account.id, now],
    )
  })
  return OK
}

async function getIndustry({ world, account }: Call): Promise<Answer> {
  const row = await world.db.row<{ primary_id: string; secondary_id: string }>(
    'select primary_id, secondary_id from industry where account_id = $1',
    [account.id],
  )
  const shown = (id: string) => ({ first_class: '餐饮', second_class: `行业${id}` })
  return {
    primary_industry: shown(row?.primary_id ?? '10'),
    secondary_industry: shown(row?.secondary_id ?? '2'),
  }
}

/** 选用类目模板, by its number in the library. Old ones of industries can't be added any more. */
async function addTemplate({ world, account, body, now }: Call): Promise<Answer> {
  const source =
    TEMPLATE_LIBRARY.find(({ id }) => id === text(body, 'template_id_short', 40037)) ?? refuse(40037)
  const names = body['keyword_name_list']
  const wanted = Array.isArray(names) && names.length > 0 ? names : source.keywords.map(({ name }) => name)
  const keywords = wanted.map((name) => source.keywords.find((one) => one.name === name) ?? refuse(40035))
  const id = await world.db.transaction(async (tx) => {
    await requireRoom(tx, account.id)
    return addTemplateRow(
      tx,
      account.id,
      {
        kind: 'template',
        library_id: source.id,
        title: source.title,
        family: 'category',
        type: null,
        ...compose(keywords),
      },
      now,
    )
  })
  return { errcode: 0, errmsg: 'ok', template_id: id }
}

async function requireRoom(tx: Queries, accountId: number): Promise<void> {
  await tx.run('select 1 from account where id = $1 for update', [accountId])
  if ((await listTemplateRows(tx, accountId, 'template')).length >= MOST_TEMPLATES) refuse(45026)
}

async function listTemplates({ world, account }: Call): Promise<Answer> {
  const rows = await listTemplateRows(world.db, account.id, 'template')
  return {
    template_list: rows.map(({ id, title, content, example, family }) => ({
      template_id: id,
      title,
      primary_industry: family === 'industry' ? '餐饮' : '',
      deputy_industry: family === 'industry' ? '咖啡厅' : '',
      content,
      example,
    })),
  }
}

async function deleteTemplate({ world, account, body, now }: Call): Promise<Answer> {
  const id = text(body, 'template_id', 40037)
  return (await removeTemplate(world.db, account.id, { id, kind: 'template', now })) ? OK : refuse(40037)
}
