import { PNG } from 'pngjs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import yauzl from 'yauzl'
import { writeXlsx } from '../../src/infra/spreadsheets/index.ts'
import type { CodesFile, Label, QrCode, QrCodeDetail } from '../../src/modules/qr-codes/schema.ts'
import { readQr } from '../support/qr.ts'
import { forkWorker, type WorkerProcess } from '../support/workers.ts'
import { createQrWorld, type QrWorld } from './world.ts'

let world: QrWorld
let worker: WorkerProcess | undefined

beforeAll(async () => {
  world = await createQrWorld()
})
afterAll(() => world?.close())
afterEach(() => worker?.kill())

type Page = { items: QrCode[]; nextCursor: string | null; counts: { waiting: number } }
const list = async (query = '') => (await world.api<Page>('GET', world.url(`?limit=200${query}`))).body
const names = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => ({ name: `${prefix} ${index + 1}` }))

test('D12: of a batch of 1,000 whose worker is killed every code is made, and each scene once', async () => {
  const batch = { life: 'permanent', codes: names(1_000, '门店') }
  expect((await world.api('POST', world.url('/batch'), { ...batch, codes: names(1_001, '多') })).status).toBe(
    400,
  )
  const { status, body } = await world.api<{ ids: string[] }>('POST', world.url('/batch'), batch)
  expect([status, body.ids.length]).toEqual([200, 1_000])
  worker = forkWorker(world, { at: 'call', what: 'qrcode/create', when: 'after', nth: 300 })
  expect(await worker.ended).toBe('SIGKILL')
  const { counts } = await list()
  expect(counts.waiting).toBeGreaterThan(0)
  // what the dead had in hand is free when its minute is over
  await world.ctx.pool.query('update qr_codes set free_at = clock_timestamp()')
  await world.make()
  expect((await list()).counts.waiting).toBe(0)
  const { rows } = await world.ctx.pool.query(
    `select count(*)::int as codes, count(distinct c.scene)::int as scenes,
       count(*) filter (where s.ticket = c.ticket and s.url = c.url)::int as alike,
       (select count(*)::int from simulator.code) as made
     from qr_codes c left join simulator.code s on s.scene = c.scene`,
  )
  expect(rows).toEqual([{ codes: 1_000, scenes: 1_000, alike: 1_000, made: 1_000 }])
})

test('D12: codes are found by folder, placement, life and name, and filed many at once; a deleted folder leaves them', async () => {
  const label = async (kind: string, name: string) =>
    (await world.api<{ id: string }>('POST', `/api/accounts/${world.bound.id}/qr-${kind}`, { name })).body
  const [folder, placement] = [await label('folders', '华东'), await label('placements', '收银台')]
  expect(await label('folders', '华东')).toMatchObject({ error: { reason: 'qr_label_taken' } })
  const { body } = await world.api<{ ids: string[] }>('POST', world.url('/batch'), {
    life: 'temporary',
    lifeSeconds: 86_400,
    folderId: folder.id,
    codes: names(3, '上海_店'),
  })
  const [first] = body.ids
  await world.api('POST', world.url('/file'), { ids: [first], placementId: placement.id })
  expect((await list(`&folder=${folder.id}`)).items).toHaveLength(3)
  expect((await list(`&placement=${placement.id}`)).items.map((code) => code.id)).toEqual([first])
  expect((await list('&q=上海_店')).items).toHaveLength(3)
  expect((await list('&q=上海x店')).items).toHaveLength(0)
  expect((await list('&life=temporary')).items).toHaveLength(3)
  await world.api('DELETE', `/api/accounts/${world.bound.id}/qr-folders/${folder.id}`)
  expect((await list('&life=temporary&folder=none')).items).toHaveLength(3)
  const foreign = await world.api('POST', world.url('/batch'), {
    life: 'permanent',
    folderId: folder.id,
    codes: names(1, 'x'),
  })
  expect(foreign.body).toMatchObject({ error: { reason: 'qr_label_gone' } })
})

const sendFile = (bytes: string | Uint8Array<ArrayBuffer>, name = 'codes.csv') => {
  const form = new FormData()
  form.set('file', new Blob([bytes]), name)
  return world.api<CodesFile>('POST', world.url('/batch-file'), form)
}

test('D12: a file of a thousand codes is read with its placements, folders and tags; nothing is made until it is confirmed', async () => {
  const tag = async (name: string) => (await world.api<{ id: string }>('POST', '/api/tags', { name })).body.id
  const [visited, member] = [await tag('到店'), await tag('会员')]
  const lines = Array.from({ length: 1_000 }, (_, index) => {
    const tags = ['', '到店', '会员、到店'][index % 3]
    return `批量 ${index},${index < 500 ? `file-${index}` : ''},${index % 2 ? '海报' : '收银台'},,${tags},x`
  })
  const { status, body } = await sendFile(`名称,场景值,渠道,文件夹,标签,备注\n${lines.join('\n')}`)
  expect([status, body.wrong, body.newPlacements, body.ignored]).toEqual([200, [], ['海报'], ['备注']])
  expect(body.codes).toHaveLength(1_000)
  expect((await list('&q=批量')).items).toEqual([])
  const made = await world.api<{ ids: string[] }>('POST', world.url('/batch'), {
    life: 'permanent',
    codes: body.codes,
  })
  expect(made.body.ids).toHaveLength(1_000)
  const placement = (
    await world.api<{ items: Label[] }>('GET', `/api/accounts/${world.bound.id}/qr-placements`)
  ).body.items.find(({ name }) => name === '海报')
  expect(placement?.codes).toBe(500)
  const detail = async (place: number) =>
    (await world.api<QrCodeDetail>('GET', world.url(`/${made.body.ids[place]}`))).body
  const [none, one, two] = [await detail(0), await detail(1), await detail(2)]
  expect([none.answer, one.answer?.effects.give, two.answer?.effects.give.toSorted()]).toEqual([
    null,
    [visited],
    [visited, member].toSorted(),
  ])
  expect([one.answerShared, two.answerShared]).toEqual([333, 333])
  expect([none.scene.text, two.placementId === none.placementId]).toEqual(['file-0', true])
})

test('D12: what is wrong with a file is told by its line; one without names, too long, or no table is refused', async () => {
  const rows = [
    '名称,scene,渠道,标签',
    '好的,ok-1,,',
    ',x,,',
    '坏,a b,,',
    '重,ok-1,,',
    '占,file-1,,',
    `长,,${'长'.repeat(31)},`,
    '签,,,没有的',
  ]
  const { body } = await sendFile(rows.join('\n'))
  expect(body.codes.map(({ name }) => name)).toEqual(['好的'])
  expect(body.wrong).toEqual([
    { line: 3, what: 'name', value: '' },
    { line: 4, what: 'scene', value: 'a b' },
    { line: 5, what: 'scene_twice', value: 'ok-1' },
    { line: 6, what: 'scene_taken', value: 'file-1' },
    { line: 7, what: 'placement', value: '长'.repeat(31) },
    { line: 8, what: 'tag', value: '没有的' },
  ])
  const refused = async (bytes: string | Uint8Array<ArrayBuffer>) => {
    const answer = await sendFile(bytes)
    return (answer.body as unknown as { error: { reason: string } }).error.reason
  }
  expect(await refused('渠道\n收银台')).toBe('qr_file_no_name')
  expect(await refused(`name\n${'x\n'.repeat(1_001)}`)).toBe('qr_file_too_long')
  expect(await refused('name\n')).toBe('file_empty')
  expect(await refused(new Uint8Array([0, 1, 2, 3]))).toBe('file_not_table')
  async function* table() {
    yield [['Name', 'Tags']]
    yield [['表格里的', '到店,会员']]
  }
  const xlsx = await Array.fromAsync(writeXlsx(table()))
  const read = await sendFile(new Uint8Array(Buffer.concat(xlsx)), 'codes.xlsx')
  expect(read.body).toMatchObject({ codes: [{ name: '表格里的', tagIds: { length: 2 } }], wrong: [] })
})

/** The files of a ZIP by name. */
function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error)
      const files = new Map<string, Buffer>()
      zip.on('end', () => resolve(files))
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, async (problem, stream) => {
          if (problem) return reject(problem)
          files.set(entry.fileName, Buffer.concat(await Array.fromAsync(stream)))
          zip.readEntry()
        }),
      )
      zip.readEntry()
    })
  })
}

test('D12: pictures of many codes come in one ZIP, each readable, with their logo; what is no logo is refused', async () => {
  const upload = (bytes: Buffer) => {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(bytes)]), 'logo.png')
    return world.api<{ logo: string }>('POST', `/api/accounts/${world.bound.id}/qr-logos`, form)
  }
  const picture = (side: number) => PNG.sync.write(new PNG({ width: side, height: side, fill: true }))
  expect((await upload(Buffer.from('GIF89a, not a PNG at all, whatever it is called'))).body).toMatchObject({
    error: { reason: 'logo_not_png' },
  })
  expect((await upload(picture(513))).body).toMatchObject({ error: { reason: 'logo_too_large' } })
  const { body } = await upload(picture(512))
  expect((await world.create({ logo: 'a'.repeat(64) })).body).toMatchObject({
    error: { reason: 'logo_gone' },
  })
  const codes = [
    await world.made({ name: '甲/乙', logo: body.logo }),
    await world.made({ name: '丙', life: 'temporary', lifeSeconds: 86_400 }),
  ]
  expect(codes.map((code) => code.hasLogo)).toEqual([true, false])
  const response = await fetch(`${world.apiUrl}${world.url('/pictures')}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-weida-request': '1', authorization: await bearer() },
    body: JSON.stringify({ ids: codes.map((code) => code.id), format: 'png', size: 430 }),
  })
  expect(response.headers.get('content-type')).toBe('application/zip')
  const files = await unzip(Buffer.from(await response.arrayBuffer()))
  const said = [...files].filter(([name]) => name.endsWith('.png')).map(([, bytes]) => readQr(bytes))
  expect(said.toSorted()).toEqual(codes.map((code) => code.url).toSorted())
  expect([...files.keys()].some((name) => name.startsWith('甲 乙 wd'))).toBe(true)
  expect(files.get('codes.csv')?.toString()).toContain(codes[1]?.scene.text)
})

const bearer = async () =>
  `Bearer ${(await world.api<{ key: string }>('POST', '/api/me/api-keys', { name: 'zip' })).body.key}`
