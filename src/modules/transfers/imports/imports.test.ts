import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { long, sized } from '../../../../tests/support/index.ts'
import { endRunLeases, forkWorker } from '../../../../tests/support/workers.ts'
import { createTestWorld, type TestWorld } from '../../../../tests/support/world.ts'
import type { Ctx } from '../../../context.ts'
import { writeCsv } from '../../../infra/spreadsheets/index.ts'
import { bindAccount } from '../../accounts/index.ts'
import { identitiesOf, tombstoneOf } from '../../contacts/index.ts'
import { type ImportOptions, importOptions, type PeopleImport } from '../schema.ts'
import { getImport, listImportErrors, listImports, startImport, uploadImport } from './commands.ts'
import { previewImport } from './preview.ts'
import { runPeopleImport } from './run.ts'
import { tidyPeopleImports } from './tidy.ts'

let world: TestWorld
let ctx: Ctx
const never = new AbortController().signal
beforeAll(async () => {
  world = await createTestWorld()
  ctx = world.ctx
})
afterAll(() => world?.close())

const one = async <T>(sql: string, values: unknown[] = []): Promise<T> =>
  Object.values((await ctx.pool.query(sql, values)).rows[0] ?? {})[0] as T
const bytesOf = (content: string | Uint8Array | Iterable<string>) =>
  (async function* () {
    if (typeof content === 'string') yield Buffer.from(content)
    else if (content instanceof Uint8Array) yield content
    else for (const piece of content) yield Buffer.from(piece)
  })()
type Content = Parameters<typeof bytesOf>[0]
const upload = (content: Content, by: Ctx = ctx) =>
  uploadImport(by, { name: 'people.csv', file: bytesOf(content) })
type Given = Partial<Omit<ImportOptions, 'mapping'>> & { mapping?: object }
const options = ({ mapping, ...rest }: Given = {}): ImportOptions =>
  importOptions.parse({ mapping: { identities: { user: '编号' }, name: '姓名', ...mapping }, ...rest })
const runOf = (id: string) => one<string>('select run_id from people_imports where id = $1', [id])
async function run(content: Content, given: Given = {}, by: Ctx = ctx): Promise<PeopleImport> {
  const { id } = await upload(content, by)
  await startImport(by, id, options(given))
  await runPeopleImport(ctx, await runOf(id), never)
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
/** Everything an import writes, with its history. */
const everything = async () => {
  const { rows } = await ctx.pool.query(`
    select 'person' as what, id::text as a, coalesce(name, '') as b, '' as c from contacts
    union all select 'identity', kind, value, contact_id::text from contact_identities
    union all select 'attribute', contact_id || ':' || attribute_id || ':' || item, coalesce(text_value, number_value::text), since || ' ' || until from contact_attributes
    union all select 'tag', tag_id::text, contact_id::text, since || ' ' || until from contact_tags
    order by 1, 2, 3, 4`)
  return rows
}
const LEVELS = {
  attributes: [
    { column: '等级', key: 'level', type: 'text' },
    { column: '积分', key: 'points', type: 'number' },
  ],
}

describe('F1: a file of people', () => {
  const content = [
    '编号,手机,姓名,等级,积分,生日,标签',
    'a1,138 0013 8001,王小美,金,12,1990-05-01,VIP、老客',
    'a2,13800138002,李雷,银,3.5,,VIP',
    'a3,,韩梅,,,,',
  ].join('\n')
  const mapping = {
    identities: { user: '编号', phone: '手机' },
    attributes: [...LEVELS.attributes, { column: '生日', key: 'birthday', type: 'date' }],
    tags: '标签',
  }

  test('becomes people with identities, attributes and tags; the same file again changes nothing', async () => {
    const first = await run(content, { mapping })
    expect(first).toMatchObject({ state: 'done', counts: { created: 3 }, progress: { done: 3, total: 3 } })
    const person = await personOf('a1')
    expect(await one('select name from contacts where id = $1', [person])).toBe('王小美')
    expect(
      await one(
        `select contact_id from contact_identities where kind = 'phone' and value = '+8613800138001'`,
      ),
    ).toBe(person)
    const values = await ctx.pool.query(
      `select a.key, a.type, v.text_value, v.number_value from contact_attributes v join attributes a on a.id = v.attribute_id
       where v.contact_id = $1 order by a.key`,
      [person],
    )
    expect(values.rows.map((row) => [row.key, row.type, row.text_value ?? row.number_value])).toEqual([
      ['birthday', 'date', '1990-05-01'],
      ['level', 'text', '金'],
      ['points', 'number', 12],
    ])
    expect(
      await one(
        `select array_agg(t.name order by t.name) from contact_tags c join tags t on t.id = c.tag_id where c.contact_id = $1`,
        [person],
      ),
    ).toEqual(['VIP', '老客'])
    const before = await everything()
    expect((await run(content, { mapping })).counts).toEqual({ unchanged: 3 })
    expect(await everything()).toEqual(before)
  })

  test('is previewed with what each row would do; nothing is written', async () => {
    const { id, sample, columns } = await upload('编号,姓名,积分\na1,王,1\nnew1,新,2\nnew2,新,lots\n,无,1\n')
    expect([columns, sample[0]]).toEqual([
      ['编号', '姓名', '积分'],
      ['a1', '王', '1'],
    ])
    const before = await everything()
    const points = { attributes: [{ column: '积分', key: 'points' }] }
    const shown = await previewImport(ctx, id, options({ mapping: points }))
    expect(shown.counts).toEqual({ new: 1, known: 1, skipped: 0, refused: 2 })
    expect(shown.rows[2]).toEqual({
      row: 3,
      outcome: 'refused',
      problems: [{ column: '积分', reason: 'not_a_number', value: 'lots' }],
    })
    expect((await previewImport(ctx, id, options({ whom: 'new' }))).counts).toMatchObject({ skipped: 1 })
    expect(await everything()).toEqual(before)
  })

  test('a bad row is refused alone and told; the others are written', async () => {
    const done = await run(
      `编号,手机,姓名,等级,积分,标签\nb1,abc,x,,,\nb2,,x,,many,\n,,x,,,\nb4,,${'长'.repeat(121)},,,\nb5,,x,,,${'标'.repeat(31)}\nb6,,好,,5,\n`,
      { mapping: { ...mapping, attributes: LEVELS.attributes } },
    )
    expect(done.counts).toEqual({ created: 1, refused: 5 })
    expect((await errorsOf(done.id)).map(([record, column, reason]) => [record, column, reason])).toEqual([
      [1, '手机', 'phone_invalid'],
      [2, '积分', 'not_a_number'],
      [3, '编号', 'no_identity'],
      [4, '姓名', 'name_too_long'],
      [5, '标签', 'tag_too_long'],
    ])
    expect(await personOf('b2')).toBeUndefined()
  })

  test('writes only new people, or only known ones; an empty cell leaves alone or clears', async () => {
    await run('编号,姓名,等级\nc1,一,金\n', { mapping: { attributes: LEVELS.attributes.slice(0, 1) } })
    const file = '编号,姓名,等级\nc1,壹,\nc2,二,\nc2,贰,\n'
    const levels = { attributes: [{ column: '等级', key: 'level' }] }
    expect((await run(file, { mapping: levels, whom: 'new' })).counts).toEqual({ created: 1, skipped: 2 })
    const nameOf = async (user: string) =>
      one('select name from contacts where id = $1', [await personOf(user)])
    expect([await nameOf('c1'), await nameOf('c2')]).toEqual(['一', '二'])
    const known = `${file}c3,三,\n`
    expect((await run(known, { mapping: levels, whom: 'known' })).counts).toEqual({ updated: 3, skipped: 1 })
    expect([await nameOf('c1'), await nameOf('c2')]).toEqual(['壹', '贰'])
    const level = async () =>
      one(`select count(*)::int from contact_attributes where contact_id = $1 and until = 'infinity'`, [
        await personOf('c1'),
      ])
    expect(await level()).toBe(1)
    await run(file, { mapping: levels, empty: 'clear' })
    expect(await level()).toBe(0)
  })

  test('ids that name different people are left to be decided, and counted', async () => {
    await run('编号,姓名,手机\nd1,一,13900000001\nd2,二,13900000002\n', {
      mapping: { identities: mapping.identities },
    })
    const crossed = '编号,姓名,手机\nd1,一,13900000002\n'
    expect((await run(crossed, { mapping: { identities: mapping.identities } })).counts).toMatchObject({
      reviews: 1,
    })
    expect(await one(`select count(*)::int from contact_reviews where state = 'open'`)).toBe(1)
  })

  test('whoever was erased is not brought back', async () => {
    const [identity] = identitiesOf({ user: 'gone', mayLink: true })
    const erasure = await one(
      `insert into erasures (contact_id, requested_at, reason, finished_at) values (1, now(), 'request', now()) returning id`,
    )
    await ctx.pool.query(
      'insert into erasure_tombstones (identity_hash, erasure_id, erased_at) values ($1, $2, now())',
      [tombstoneOf(ctx, identity as NonNullable<typeof identity>), erasure],
    )
    const done = await run('编号,姓名\ngone,走\nstays,留\n')
    expect(done.counts).toEqual({ created: 1, refused: 1 })
    expect(await errorsOf(done.id)).toEqual([[1, '编号', 'person_erased', '']])
  })

  test('a static segment of those written; a column of nonsense makes no thousand tags', async () => {
    const done = await run('编号,姓名\ne1,一\ne2,二\ne1,一\n,无\n', { segment: { name: '导入的人' } })
    expect(done.counts).toMatchObject({ created: 2, refused: 1 })
    expect(
      await one(`select size::int from segment_snapshots where segment_id = $1 and state = 'ready'`, [
        done.segmentId,
      ]),
    ).toBe(2)
    expect(await one('select count(*)::int from people_import_members')).toBe(0)
    const rows = Array.from({ length: 260 }, (_, n) => `t${n},x,nonsense ${n}\n`)
    const tagged = await run(`编号,姓名,标签\n${rows.join('')}`, { mapping: { tags: '标签' } })
    expect(tagged.counts).toMatchObject({ created: 200, refused: 60 })
  })

  test('options that do not fit the file are refused before anything is written', async () => {
    const { id } = await upload('编号,姓名,openid\nf1,一,o\n')
    const start = (mapping: object) => startImport(ctx, id, options({ mapping }))
    for (const [mapping, reason] of [
      [{ name: '名字' }, 'column_missing'],
      [{ identities: { openid: 'openid' } }, 'openid_account_needed'],
      [{ identities: { openid: 'openid' }, accountId: '777777' }, 'not_found'],
      [{ attributes: [{ column: '姓名', key: 'nobody_knows' }] }, 'attribute_unknown'],
      [{ attributes: [{ column: '姓名', key: 'name', type: 'text' }] }, 'attribute_not_usable'],
    ] as const)
      await expect(start(mapping)).rejects.toMatchObject({ reason })
    await start({})
    await expect(start({})).rejects.toMatchObject({ reason: 'import_running' })
    expect(importOptions.safeParse({ mapping: { identities: {} } }).success).toBe(false)
  })
})

describe('F1: files as people save them', () => {
  test('a file that was exported, with what would be a formula made safe, is imported as it was', async () => {
    const mapping = { attributes: [{ column: '备注', key: 'note', type: 'text' }] }
    const told = [
      ['safe1', '=王', '-A1'],
      ['safe2', '@李', "it's"],
      ['+safe3', '+韩', "'quoted'"],
    ]
    const table = async function* () {
      yield [['编号', '姓名', '备注'], ...told]
    }
    const file = Buffer.concat(await Array.fromAsync(writeCsv(table())))
    expect(file.toString()).toContain("'=王")
    expect((await run(file, { mapping })).counts).toEqual({ created: 3 })
    for (const [user = '', name, note] of told) {
      const person = await personOf(user)
      expect(await one('select name from contacts where id = $1', [person])).toBe(name)
      expect(
        await one(
          `select text_value from contact_attributes v join attributes a on a.id = v.attribute_id
           where a.key = 'note' and v.contact_id = $1`,
          [person],
        ),
      ).toBe(note)
    }
  })

  test('rows too long to be written many at once are each written once', async () => {
    const mapping = { attributes: [{ column: '备注', key: 'long_note', type: 'text' }] }
    const rows = Array.from({ length: 12 }, (_, n) => `long${n},${'x'.repeat(900_000)},${n}`)
    const { counts, progress } = await run(`编号,说明,备注,姓名\n${rows.join('\n')}`, { mapping })
    expect([counts, progress]).toEqual([{ created: 12 }, { done: 12, total: 12 }])
  })

  test('GB18030, and XLSX with numbers as numbers', async () => {
    // 编号,姓名 / g1,王
    const gbk = Buffer.from([
      0xb1, 0xe0, 0xba, 0xc5, 0x2c, 0xd0, 0xd5, 0xc3, 0xfb, 0x0a, 0x67, 0x31, 0x2c, 0xcd, 0xf5, 0x0a,
    ])
    expect((await run(gbk)).counts).toEqual({ created: 1 })
    expect(await one('select name from contacts where id = $1', [await personOf('g1')])).toBe('王')
    const book = await workbook(
      `<row><c t="inlineStr"><is><t>编号</t></is></c><c t="inlineStr"><is><t>姓名</t></is></c><c t="inlineStr"><is><t>手机</t></is></c></row>
       <row><c t="inlineStr"><is><t>x1</t></is></c><c t="inlineStr"><is><t>表格</t></is></c><c><v>13700000001</v></c></row>`,
    )
    expect((await run(book, { mapping: { identities: { user: '编号', phone: '手机' } } })).counts).toEqual({
      created: 1,
    })
    expect(
      await one(
        `select contact_id from contact_identities where kind = 'phone' and value = '+8613700000001'`,
      ),
    ).toBe(await personOf('x1'))
  })

  test('what is no table, or empty, is refused', async () => {
    await expect(upload('\u00d0\0')).rejects.toMatchObject({ reason: 'file_not_table' })
    await expect(upload('\n\n')).rejects.toMatchObject({ reason: 'file_empty' })
  })
})

async function workbook(rows: string): Promise<Buffer> {
  const zip = new ZipFile()
  const add = (name: string, xml: string) => zip.addBuffer(Buffer.from(xml), name)
  add('xl/workbook.xml', '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>')
  add(
    'xl/_rels/workbook.xml.rels',
    '<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>',
  )
  add('xl/worksheets/s.xml', `<worksheet><sheetData>${rows}</sheetData></worksheet>`)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const lines = function* (prefix: string, count: number) {
  yield '编号,手机,姓名,等级,积分\n'
  for (let n = 0; n < count; n += 1)
    yield `${prefix}${n},+86139${String(n).padStart(8, '0')},客户${n},${n % 3},${n % 10 === 9 ? 'x' : n}\n`
}

describe('F1: an import that is cut off, or not alone', () => {
  const ROWS = 2_600
  test.each([
    [
      'before a portion is committed',
      { at: 'commit', what: 'update people_imports set records', when: 'before', nth: 3 },
    ],
    [
      'after a portion is committed',
      { at: 'commit', what: 'update people_imports set records', when: 'after', nth: 3 },
    ],
    [
      'while people are written',
      { at: 'sql', what: 'insert into contact_attributes', when: 'before', nth: 4 },
    ],
    [
      'before its end is',
      { at: 'commit', what: 'update people_imports set segment_id', when: 'before', nth: 1 },
    ],
  ] as const)(
    'killed %s: goes on by itself, each row counted once',
    async (name, moment) => {
      const prefix = `k${moment.at}${moment.when}${moment.nth}`
      const { id } = await upload(lines(prefix, ROWS))
      await startImport(ctx, id, options({ mapping: LEVELS, segment: { name } }))
      expect(await forkWorker(world, moment).ended).toBe('SIGKILL')
      const reached = (await getImport(ctx, id)).progress.done
      expect(reached).toBeGreaterThan(0)
      await endRunLeases(world)
      await runPeopleImport(ctx, await runOf(id), never)
      const done = await getImport(ctx, id)
      expect(done).toMatchObject({
        state: 'done',
        counts: { created: (ROWS * 9) / 10, refused: ROWS / 10 },
        progress: { done: ROWS, total: ROWS },
      })
      const ids = `from contact_identities where kind = 'user' and value like '${prefix}%'`
      expect(await one(`select count(distinct contact_id)::int ${ids}`)).toBe((ROWS * 9) / 10)
      expect(await one(`select count(*)::int from segments where origin ->> 'importId' = $1`, [id])).toBe(1)
      expect(
        await one(
          `select count(*)::int from audit_entries where action = 'people.import_finished' and subject_id = $1`,
          [id],
        ),
      ).toBe(1)
      expect(await errorsOf(id)).toHaveLength(ROWS / 10)
    },
    60_000,
  )

  test('failed, then started again with the same choices: goes on where it stopped; with others, anew', async () => {
    const { id } = await upload(lines('again', 1_200))
    const failing = async (given: Given) => {
      await startImport(ctx, id, options({ mapping: LEVELS, ...given }))
      await ctx.pool.query(`update background_runs set state = 'failed', finished_at = now() where id = $1`, [
        await runOf(id),
      ])
    }
    await failing({})
    await ctx.pool.query(
      `update people_imports set records = 1000, counts = '{"created": 1000}' where id = $1`,
      [id],
    )
    await failing({})
    expect((await getImport(ctx, id)).progress.done).toBe(1_000)
    await failing({ whom: 'new' })
    expect((await getImport(ctx, id)).progress.done).toBe(0)
  })

  test('two at once with the same people: both end, and everyone is there once', async () => {
    const both = await Promise.all([run(lines('both', 1_500)), run(lines('both', 1_500))])
    for (const { state, progress } of both) expect([state, progress.done]).toEqual(['done', 1_500])
    expect(both.reduce((sum, { counts }) => sum + (counts['created'] ?? 0), 0)).toBe(1_500)
    expect(
      await one(
        `select count(distinct contact_id)::int from contact_identities where kind = 'user' and value like 'both%'`,
      ),
    ).toBe(1_500)
  })

  test(
    'memory stays flat',
    async () => {
      const total = sized(20_000, 1_000_000)
      let early = 0
      let peak = 0
      const watch = setInterval(() => {
        const { heapUsed, external } = process.memoryUsage()
        peak = Math.max(peak, heapUsed + external)
      }, 50)
      const { id } = await upload(lines('m', total))
      await startImport(ctx, id, options({ mapping: LEVELS }))
      const look = setInterval(async () => {
        if (early === 0 && (await getImport(ctx, id)).progress.done >= total / 10) {
          globalThis.gc?.()
          early = peak
        }
      }, 100)
      try {
        await runPeopleImport(ctx, await runOf(id), never)
      } finally {
        clearInterval(watch)
        clearInterval(look)
      }
      expect((await getImport(ctx, id)).counts).toEqual({ created: (total * 9) / 10, refused: total / 10 })
      expect(early).toBeGreaterThan(0)
      expect((peak - early) / 1_048_576).toBeLessThan(50)
    },
    long ? 3_600_000 : 120_000,
  )
})

describe('F5: who may import whom', () => {
  test('whoever sees some accounts only imports fans of these, and changes nobody else', async () => {
    const [mineId, othersId] = await Promise.all(
      [0, 1].map(async () => bindAccount(ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))),
    )
    const operator = await one<string>(
      `insert into operators (email, name, role, password_hash, created_at) values ('a@b.c', 'A', 'operator', 'x', now()) returning id`,
    )
    const by = (id: string, accounts: string[]): Ctx => ({
      ...ctx,
      actor: { kind: 'operator', id, name: 'A', role: 'operator', accounts, locale: 'zh-CN' },
    })
    const mine = by(operator, [mineId as string])
    await run('编号,姓名\ntheirs,他人\n')
    const before = await one('select name from contacts where id = $1', [await personOf('theirs')])
    const file = '编号,姓名,openid\ns1,我的,oMine1\ns2,没有,\ntheirs,改名,oMine2\n'
    await expect(run(file, {}, mine)).rejects.toMatchObject({ reason: 'openid_column_needed' })
    const identities = { user: '编号', openid: 'openid' }
    await expect(run(file, { mapping: { identities, accountId: othersId } }, mine)).rejects.toMatchObject({
      reason: 'account_not_yours',
    })
    const done = await run(file, { mapping: { identities, accountId: mineId } }, mine)
    expect(done.counts).toEqual({ created: 1, refused: 2 })
    expect((await errorsOf(done.id, mine)).map(([record, , reason]) => [record, reason])).toEqual([
      [2, 'openid_needed'],
      [3, 'person_of_others'],
    ])
    expect(await one('select name from contacts where id = $1', [await personOf('theirs')])).toBe(before)
    const other = by('999999', [mineId as string])
    await expect(getImport(other, done.id)).rejects.toMatchObject({ reason: 'not_found' })
    expect((await listImports(other, { limit: 10 })).items).toEqual([])
    expect((await listImports(mine, { limit: 10 })).items.length).toBeGreaterThan(0)
  })

  test('files go after a day, refused rows after a week', async () => {
    const { id } = await run('编号,姓名\n,无\n')
    const later = (days: number): Ctx => ({
      ...ctx,
      clock: { now: () => new Date(Date.now() + days * 86_400_000) },
    })
    expect((await getImport(ctx, id)).sample).toHaveLength(1)
    while ((await tidyPeopleImports(later(2))) > 0);
    expect(await one('select file_key from people_imports where id = $1', [id])).toBeNull()
    expect((await getImport(ctx, id)).sample).toEqual([])
    expect(await errorsOf(id)).toHaveLength(1)
    while ((await tidyPeopleImports(later(8))) > 0);
    expect(await errorsOf(id)).toHaveLength(0)
  })
})
