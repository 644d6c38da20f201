import { createTestWorld } from '../../../../tests/support/world.ts'
import type { Ctx } from '../../../context.ts'
import { type ImportOptions, importOptions, type PeopleImport } from '../schema.ts'
import { getImport, listImportErrors, startImport, uploadImport } from './commands.ts'
import { runPeopleImport } from './run.ts'

const never = new AbortController().signal

const bytesOf = (content: string | Uint8Array | Iterable<string>) =>
  (async function* () {
    if (typeof content === 'string') yield Buffer.from(content)
    else if (content instanceof Uint8Array) yield content
    else for (const piece of content) yield Buffer.from(piece)
  })()
type Content = Parameters<typeof bytesOf>[0]
export type Given = Partial<Omit<ImportOptions, 'mapping'>> & { mapping?: object }
export const options = ({ mapping, ...rest }: Given = {}): ImportOptions =>
  importOptions.parse({ mapping: { identities: { user: '编号' }, name: '姓名', ...mapping }, ...rest })
export const LEVELS = {
  attributes: [
    { column: '等级', key: 'level', type: 'text' },
    { column: '积分', key: 'points', type: 'number' },
  ],
}

export type ImportWorld = Awaited<ReturnType<typeof createImportWorld>>

/** A world into which files of people are imported, and what came of them. */
export async function createImportWorld() {
  const world = await createTestWorld()
  const { ctx } = world
  const one = async <T>(sql: string, values: unknown[] = []): Promise<T> =>
    Object.values((await ctx.pool.query(sql, values)).rows[0] ?? {})[0] as T
  const upload = (content: Content, by: Ctx = ctx) =>
    uploadImport(by, { name: 'people.csv', file: bytesOf(content) })
  const runOf = (id: string) => one<string>('select run_id from people_imports where id = $1', [id])
  const work = async (id: string) => runPeopleImport(ctx, await runOf(id), never)
  async function run(content: Content, given: Given = {}, by: Ctx = ctx): Promise<PeopleImport> {
    const { id } = await upload(content, by)
    await startImport(by, id, options(given))
    await work(id)
    return getImport(by, id)
  }
  const errorsOf = async (id: string, by: Ctx = ctx) => {
    const errors = []
    for await (const { record, problems } of listImportErrors(by, id))
      for (const { column, reason, value } of problems) errors.push([record, column, reason, value])
    return errors
  }
  const personOf = (user: string) =>
    one<string | undefined>(`select contact_id from contact_identities where kind = 'user' and value = $1`, [
      user,
    ])
  return { ...world, one, upload, runOf, work, run, errorsOf, personOf }
}
