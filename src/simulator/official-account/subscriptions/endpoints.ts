import { type Answer, type Call, type Endpoint, OK, text, verifiedService } from '../call.ts'
import { refuse } from '../refusal.ts'
import { CATEGORIES, compose, NOTICE_LIBRARY } from '../templates/library.ts'
import { addTemplateRow, listTemplateRows, MOST_TEMPLATES, removeTemplate } from '../templates/store.ts'
import { sendNotice } from './send.ts'

const allow = verifiedService
export const subscriptionEndpoints: Endpoint[] = [
  {
    path: '/cgi-bin/message/subscribe/bizsend',
    method: 'POST',
    unicodeEscapes: 'refuse',
    allow,
    quick: true,
    handle: sendNotice,
  },
  { path: '/wxaapi/newtmpl/addtemplate', method: 'POST', allow, handle: add },
  { path: '/wxaapi/newtmpl/deltemplate', method: 'POST', allow, handle: remove },
  { path: '/wxaapi/newtmpl/gettemplate', method: 'GET', allow, handle: listAll },
  { path: '/wxaapi/newtmpl/getcategory', method: 'GET', allow, handle: categories },
  { path: '/wxaapi/newtmpl/getpubtemplatetitles', method: 'GET', allow, handle: titles },
  { path: '/wxaapi/newtmpl/getpubtemplatekeywords', method: 'GET', allow, handle: keywords },
]

const LONGEST_SCENE = 15

/** 选用模板: 2 to 5 keywords of one title. */
async function add({ world, account, body, now }: Call): Promise<Answer> {
  const source = NOTICE_LIBRARY.find(({ id }) => id === String(body['tid'])) ?? refuse(200014)
  const kids = body['kidList']
  if (!Array.isArray(kids) || kids.length < 2 || kids.length > 5) refuse(200016)
  const chosen = kids.map((kid) => source.keywords[Number(kid) - 1] ?? refuse(200017))
  const scene = text(body, 'sceneDesc', 200018)
  if ([...scene].length > LONGEST_SCENE) refuse(200018)
  const id = await world.db.transaction(async (tx) => {
    await tx.run('select 1 from account where id = $1 for update', [account.id])
    if ((await listTemplateRows(tx, account.id, 'subscription')).length >= MOST_TEMPLATES) refuse(200012)
    return addTemplateRow(
      tx,
      account.id,
      {
        kind: 'subscription',
        library_id: source.id,
        title: source.title,
        family: 'category',
        type: source.type,
        ...compose(chosen),
      },
      now,
    )
  })
  return { ...OK, priTmplId: id }
}

async function remove({ world, account, body, now }: Call): Promise<Answer> {
  const id = text(body, 'priTmplId', 200001)
  return (await removeTemplate(world.db, account.id, { id, kind: 'subscription', now })) ? OK : refuse(40037)
}

async function listAll({ world, account }: Call): Promise<Answer> {
  const rows = await listTemplateRows(world.db, account.id, 'subscription')
  return {
    ...OK,
    data: rows.map(({ id, title, content, example, type, enums }) => ({
      priTmplId: id,
      title,
      content: `${content}\n`,
      example: `${example}\n`,
      type: type ?? 2,
      ...(enums.length > 0 && { keywordEnumValueList: enums }),
    })),
  }
}

async function categories(): Promise<Answer> {
  return { ...OK, data: CATEGORIES.map((one) => ({ ...one })) }
}

async function titles({ query }: Call): Promise<Answer> {
  const ids = (query['ids'] ?? '').split(',').map(Number)
  const start = Number(query['start'] ?? 0)
  const limit = Number(query['limit'] ?? 0)
  if (!Number.isInteger(start) || start < 0 || !Number.isInteger(limit) || limit < 1 || limit > 30)
    refuse(200001)
  const found = NOTICE_LIBRARY.filter(({ categoryId }) => ids.includes(categoryId))
  return {
    ...OK,
    count: found.length,
    data: found.slice(start, start + limit).map(({ id, title, type, categoryId }) => ({
      tid: Number(id),
      title,
      type,
      categoryId: String(categoryId),
    })),
  }
}

async function keywords({ query }: Call): Promise<Answer> {
  const source = NOTICE_LIBRARY.find(({ id }) => id === query['tid']) ?? refuse(200014)
  const data = source.keywords.map(({ name, rule, example }, index) => ({
    kid: index + 1,
    name,
    example,
    rule: rule.split(':')[0],
  }))
  return { ...OK, count: data.length, data }
}
