import { PNG } from 'pngjs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import yauzl from 'yauzl'
import type { QrCode } from '../../src/modules/qr-codes/schema.ts'
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
