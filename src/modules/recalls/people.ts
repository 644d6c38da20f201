import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { canSeePersons, maskName, shortenId } from '../contacts/index.ts'
import type { ResolvedContent } from '../messages/schema.ts'
import { ruleOf } from './present.ts'
import type { RecallPerson } from './schema/views.ts'
import { contentsOf, listPeople, type PersonRow } from './store/figures.ts'
import type { RecallKey, RecallRow } from './store/rules.ts'

type Query = Pick<Parameters<typeof listPeople>[1], 'outcome'> & {
  cursor?: string | undefined
  limit: number
}

export async function peopleOfRule(ctx: Ctx, key: RecallKey, query: Query): Promise<Page<RecallPerson>> {
  const rule = await ruleOf(ctx, key)
  if (rule.sendId === null) return { items: [], nextCursor: null }
  const rows = await listPeople(ctx.db, { ...query, sendId: rule.sendId, limit: query.limit + 1 })
  const page = toPage(rows, query.limit, ({ id }) => id)
  return { ...page, items: await presentPeople(ctx, rule, page.items) }
}

/** Names as the caller may see them. */
export async function presentPeople(
  ctx: Ctx,
  { replyVersions, sendId }: RecallRow,
  rows: readonly PersonRow[],
): Promise<RecallPerson[]> {
  const names = await namesOf(
    ctx,
    rows.map(({ fanId }) => fanId),
  )
  const versions = [...new Set(rows.map(({ version }) => version))].filter(
    (one) => !replyVersions.includes(one),
  )
  const former = sendId === null ? new Map() : await contentsOf(ctx.db, { sendId, versions })
  return rows.map((row) => {
    const reply = replyVersions.indexOf(row.version)
    return {
      deliveryId: row.id,
      contactId: row.contactId,
      fanId: row.fanId,
      name: names.get(row.fanId)?.name ?? null,
      openid: names.get(row.fanId)?.openid ?? null,
      silentSince: new Date(Number(row.occurrence)).toISOString(),
      state: row.state,
      reason: row.reason,
      detail: visible(ctx, row.detail),
      plannedAt: row.plannedAt.toISOString(),
      sentAt: row.intentAt?.toISOString() ?? null,
      reply: reply < 0 ? null : reply + 1,
      former: formerOf(former.get(row.version)),
      returned:
        row.returnedAt === null || row.returnedKind === null
          ? null
          : { at: row.returnedAt.toISOString(), kind: row.returnedKind, tapped: row.tapped ?? false },
    }
  })
}

/** The words it begins with, as they stood before anybody's values; links without their addresses. */
function formerOf(content: ResolvedContent | undefined): RecallPerson['former'] {
  if (content?.channel !== 'customer-service') return null
  const { message } = content
  const text =
    message.msgtype === 'text'
      ? message.text.content
      : message.msgtype === 'msgmenu'
        ? message.msgmenu.head_content
        : message.msgtype === 'news'
          ? message.news.articles[0].title
          : message.msgtype === 'miniprogrampage'
            ? message.miniprogrampage.title
            : ''
  const words = [...text.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')]
  return { kind: content.kind, text: words.slice(0, MOST_WORDS).join('') }
}
const MOST_WORDS = 60

/** The value that broke a field's rule is the person's. */
function visible(ctx: Ctx, detail: Record<string, unknown> | null): Record<string, unknown> | null {
  if (detail === null || canSeePersons(ctx.actor)) return detail
  const { value: _, ...rest } = detail
  return rest
}

export async function namesOf(
  ctx: Ctx,
  fanIds: readonly string[],
): Promise<Map<string, { name: string | null; openid: string }>> {
  const { rows } = await sql<{ fanId: string; openid: string; name: string | null }>`
    select f.id as "fanId", f.openid, coalesce(nullif(f.remark, ''), c.name) as name
    from fans f join contacts c on c.id = f.contact_id where f.id = any(${[...fanIds]}::bigint[])`.execute(
    ctx.db,
  )
  const whole = canSeePersons(ctx.actor)
  return new Map(
    rows.map(({ fanId, name, openid }) => [
      fanId,
      {
        name: name === null || whole ? name : maskName(name),
        openid: whole ? openid : shortenId(openid),
      },
    ]),
  )
}
