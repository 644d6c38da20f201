import { randomBytes } from 'node:crypto'
import type { Database, Queries } from '../../store/database.ts'

export type TemplateRow = {
  id: string
  kind: 'template' | 'subscription'
  library_id: string | null
  title: string
  content: string
  example: string
  family: 'category' | 'industry'
  type: number | null
  enums: { keywordCode: string; enumValueList: string[] }[]
  created_at: Date
}

export type NewTemplate = Omit<TemplateRow, 'id' | 'created_at'>
export const MOST_TEMPLATES = 25

export async function addTemplateRow(
  tx: Queries,
  accountId: number,
  template: NewTemplate,
  now: Date,
): Promise<string> {
  const id = randomBytes(33).toString('base64url').slice(0, 43)
  await tx.run(
    `insert into template (id, account_id, kind, library_id, title, content, example, family, type, enums, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      accountId,
      template.kind,
      template.library_id,
      template.title,
      template.content,
      template.example,
      template.family,
      template.type,
      JSON.stringify(template.enums),
      now,
    ],
  )
  return id
}

export const listTemplateRows = (
  db: Pick<Database, 'rows'>,
  accountId: number,
  kind: TemplateRow['kind'],
): Promise<TemplateRow[]> =>
  db.rows<TemplateRow>(
    'select * from template where account_id = $1 and kind = $2 and deleted_at is null order by created_at, id',
    [accountId, kind],
  )

export const findTemplates = async (
  db: Pick<Database, 'rows'>,
  accountId: number,
  ids: readonly string[],
): Promise<Map<string, TemplateRow>> => {
  const rows = await db.rows<TemplateRow>(
    'select * from template where account_id = $1 and id = any($2) and deleted_at is null',
    [accountId, [...new Set(ids)]],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

export const removeTemplate = async (
  db: Queries,
  accountId: number,
  { id, kind, now }: { id: string; kind: TemplateRow['kind']; now: Date },
): Promise<boolean> =>
  (await db.run(
    'update template set deleted_at = $4 where account_id = $1 and id = $2 and kind = $3 and deleted_at is null',
    [accountId, id, kind, now],
  )) > 0

export const enumsOf = ({ enums }: Pick<TemplateRow, 'enums'>): Map<string, readonly string[]> =>
  new Map(enums.map(({ keywordCode, enumValueList }) => [keywordCode.replace(/\.DATA$/, ''), enumValueList]))
