import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../../../context.ts'
import { bindAccount } from '../../accounts/index.ts'
import { identitiesOf, tombstoneOf } from '../../contacts/index.ts'
import { importOptions } from '../schema.ts'
import { getImport, listImports, startImport } from './commands.ts'
import { previewImport } from './preview.ts'
import { createImportWorld, type ImportWorld, LEVELS, options } from './test-world.ts'
import { tidyPeopleImports } from './tidy.ts'

let world: ImportWorld
beforeAll(async () => {
  world = await createImportWorld()
})
afterAll(() => world?.close())

/** Everything an import writes, with its history. */
const everything = async () => {
  const { rows } = await world.ctx.pool.query(`
    select 'person' as what, id::text as a, coalesce(name, '') as b, '' as c from contacts
    union all select 'identity', kind, value, contact_id::text from contact_identities
    union all select 'attribute', contact_id || ':' || attribute_id || ':' || item, coalesce(text_value, number_value::text), since || ' ' || until from contact_attributes
    union all select 'tag', tag_id::text, contact_id::text, since || ' ' || until from contact_tags
    order by 1, 2, 3, 4`)
  return rows
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
    const first = await world.run(content, { mapping })
    expect(first).toMatchObject({ state: 'done', counts: { created: 3 }, progress: { done: 3, total: 3 } })
    const person = await world.personOf('a1')
    expect(await world.one('select name from contacts where id = $1', [person])).toBe('王小美')
    expect(
      await world.one(
        `select contact_id from contact_identities where kind = 'phone' and value = '+8613800138001'`,
      ),
    ).toBe(person)
    const values = await world.ctx.pool.query(
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
      await world.one(
        `select array_agg(t.name order by t.name) from contact_tags c join tags t on t.id = c.tag_id where c.contact_id = $1`,
        [person],
      ),
    ).toEqual(['VIP', '老客'])
    const before = await everything()
    expect((await world.run(content, { mapping })).counts).toEqual({ unchanged: 3 })
    expect(await everything()).toEqual(before)
  })

  test('is previewed with what each row would do; nothing is written', async () => {
    const { id, sample, columns } = await world.upload(
      '编号,姓名,积分\na1,王,1\nnew1,新,2\nnew2,新,lots\n,无,1\n',
    )
    expect([columns, sample[0]]).toEqual([
      ['编号', '姓名', '积分'],
      ['a1', '王', '1'],
    ])
    const before = await everything()
    const points = { attributes: [{ column: '积分', key: 'points' }] }
    const shown = await previewImport(world.ctx, id, options({ mapping: points }))
    expect(shown.counts).toEqual({ new: 1, known: 1, skipped: 0, refused: 2 })
    expect(shown.rows[2]).toEqual({
      row: 3,
      outcome: 'refused',
      problems: [{ column: '积分', reason: 'not_a_number', value: 'lots' }],
    })
    expect((await previewImport(world.ctx, id, options({ whom: 'new' }))).counts).toMatchObject({
      skipped: 1,
    })
    expect(await everything()).toEqual(before)
  })

  test('a bad row is refused alone and told; the others are written', async () => {
    const done = await world.run(
      `编号,手机,姓名,等级,积分,标签\nb1,abc,x,,,\nb2,,x,,many,\n,,x,,,\nb4,,${'长'.repeat(121)},,,\nb5,,x,,,${'标'.repeat(31)}\nb6,,好,,5,\n`,
      { mapping: { ...mapping, attributes: LEVELS.attributes } },
    )
    expect(done.counts).toEqual({ created: 1, refused: 5 })
    expect(
      (await world.errorsOf(done.id)).map(([record, column, reason]) => [record, column, reason]),
    ).toEqual([
      [1, '手机', 'phone_invalid'],
      [2, '积分', 'not_a_number'],
      [3, '编号', 'no_identity'],
      [4, '姓名', 'name_too_long'],
      [5, '标签', 'tag_too_long'],
    ])
    expect(await world.personOf('b2')).toBeUndefined()
  })

  test('writes only new people, or only known ones; an empty cell leaves alone or clears', async () => {
    await world.run('编号,姓名,等级\nc1,一,金\n', { mapping: { attributes: LEVELS.attributes.slice(0, 1) } })
    const file = '编号,姓名,等级\nc1,壹,\nc2,二,\nc2,贰,\n'
    const levels = { attributes: [{ column: '等级', key: 'level' }] }
    expect((await world.run(file, { mapping: levels, whom: 'new' })).counts).toEqual({
      created: 1,
      skipped: 2,
    })
    const nameOf = async (user: string) =>
      world.one('select name from contacts where id = $1', [await world.personOf(user)])
    expect([await nameOf('c1'), await nameOf('c2')]).toEqual(['一', '二'])
    const known = `${file}c3,三,\n`
    expect((await world.run(known, { mapping: levels, whom: 'known' })).counts).toEqual({
      updated: 3,
      skipped: 1,
    })
    expect([await nameOf('c1'), await nameOf('c2')]).toEqual(['壹', '贰'])
    const level = async () =>
      world.one(`select count(*)::int from contact_attributes where contact_id = $1 and until = 'infinity'`, [
        await world.personOf('c1'),
      ])
    expect(await level()).toBe(1)
    await world.run(file, { mapping: levels, empty: 'clear' })
    expect(await level()).toBe(0)
  })

  test('ids that name different people are left to be decided, and counted', async () => {
    await world.run('编号,姓名,手机\nd1,一,13900000001\nd2,二,13900000002\n', {
      mapping: { identities: mapping.identities },
    })
    const crossed = '编号,姓名,手机\nd1,一,13900000002\n'
    expect((await world.run(crossed, { mapping: { identities: mapping.identities } })).counts).toMatchObject({
      reviews: 1,
    })
    expect(await world.one(`select count(*)::int from contact_reviews where state = 'open'`)).toBe(1)
  })

  test('whoever was erased is not brought back', async () => {
    const [identity] = identitiesOf({ user: 'gone', mayLink: true })
    const erasure = await world.one(
      `insert into erasures (contact_id, requested_at, reason, finished_at) values (1, now(), 'request', now()) returning id`,
    )
    await world.ctx.pool.query(
      'insert into erasure_tombstones (identity_hash, erasure_id, erased_at) values ($1, $2, now())',
      [tombstoneOf(world.ctx, identity as NonNullable<typeof identity>), erasure],
    )
    const done = await world.run('编号,姓名\ngone,走\nstays,留\n')
    expect(done.counts).toEqual({ created: 1, refused: 1 })
    expect(await world.errorsOf(done.id)).toEqual([[1, '编号', 'person_erased', '']])
  })

  test('a static segment of those written; a column of nonsense makes no thousand tags', async () => {
    const done = await world.run('编号,姓名\ne1,一\ne2,二\ne1,一\n,无\n', { segment: { name: '导入的人' } })
    expect(done.counts).toMatchObject({ created: 2, refused: 1 })
    expect(
      await world.one(`select size::int from segment_snapshots where segment_id = $1 and state = 'ready'`, [
        done.segmentId,
      ]),
    ).toBe(2)
    expect(await world.one('select count(*)::int from people_import_members')).toBe(0)
    const rows = Array.from({ length: 260 }, (_, n) => `t${n},x,nonsense ${n}\n`)
    const tagged = await world.run(`编号,姓名,标签\n${rows.join('')}`, { mapping: { tags: '标签' } })
    expect(tagged.counts).toMatchObject({ created: 200, refused: 60 })
  })

  test('options that do not fit the file are refused before anything is written', async () => {
    const { id } = await world.upload('编号,姓名,openid\nf1,一,o\n')
    const start = (mapping: object) => startImport(world.ctx, id, options({ mapping }))
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

describe('F5: who may import whom', () => {
  test('whoever sees some accounts only imports fans of these, and changes nobody else', async () => {
    const [mineId, othersId] = await Promise.all(
      [0, 1].map(async () =>
        bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 })),
      ),
    )
    const operator = await world.one<string>(
      `insert into operators (email, name, role, password_hash, created_at) values ('a@b.c', 'A', 'operator', 'x', now()) returning id`,
    )
    const by = (id: string, accounts: string[]): Ctx => ({
      ...world.ctx,
      actor: { kind: 'operator', id, name: 'A', role: 'operator', accounts, locale: 'zh-CN' },
    })
    const mine = by(operator, [mineId as string])
    await world.run('编号,姓名\ntheirs,他人\n')
    const before = await world.one('select name from contacts where id = $1', [
      await world.personOf('theirs'),
    ])
    const file = '编号,姓名,openid\ns1,我的,oMine1\ns2,没有,\ntheirs,改名,oMine2\n'
    await expect(world.run(file, {}, mine)).rejects.toMatchObject({ reason: 'openid_column_needed' })
    const identities = { user: '编号', openid: 'openid' }
    await expect(
      world.run(file, { mapping: { identities, accountId: othersId } }, mine),
    ).rejects.toMatchObject({
      reason: 'account_not_yours',
    })
    const done = await world.run(file, { mapping: { identities, accountId: mineId } }, mine)
    expect(done.counts).toEqual({ created: 1, refused: 2 })
    expect((await world.errorsOf(done.id, mine)).map(([record, , reason]) => [record, reason])).toEqual([
      [2, 'openid_needed'],
      [3, 'person_of_others'],
    ])
    expect(await world.one('select name from contacts where id = $1', [await world.personOf('theirs')])).toBe(
      before,
    )
    const other = by('999999', [mineId as string])
    await expect(getImport(other, done.id)).rejects.toMatchObject({ reason: 'not_found' })
    expect((await listImports(other, { limit: 10 })).items).toEqual([])
    expect((await listImports(mine, { limit: 10 })).items.length).toBeGreaterThan(0)
  })

  test('files go after a day, refused rows after a week', async () => {
    const { id } = await world.run('编号,姓名\n,无\n')
    const later = (days: number): Ctx => ({
      ...world.ctx,
      clock: { now: () => new Date(Date.now() + days * 86_400_000) },
    })
    expect((await getImport(world.ctx, id)).sample).toHaveLength(1)
    while ((await tidyPeopleImports(later(2))) > 0);
    expect(await world.one('select file_key from people_imports where id = $1', [id])).toBeNull()
    expect((await getImport(world.ctx, id)).sample).toEqual([])
    expect(await world.errorsOf(id)).toHaveLength(1)
    while ((await tidyPeopleImports(later(8))) > 0);
    expect(await world.errorsOf(id)).toHaveLength(0)
  })
})
