import { Readable } from 'node:stream'
import type { Ctx } from '../../../context.ts'
import { formatOf, readTable } from '../../../infra/spreadsheets/index.ts'
import { invalid } from '../../../kernel/errors.ts'
import { checkScene } from '../../../wechat/rules/scene-limits.ts'
import { getAccount } from '../../accounts/index.ts'
import { tagsByName } from '../../tags/index.ts'
import {
  type BatchCode,
  type CodesFile,
  codeName,
  labelName,
  MOST_CODE_TAGS,
  MOST_IN_BATCH,
} from '../schema.ts'
import { scenesTaken } from '../store/codes.ts'
import { labelsByName } from '../store/labels.ts'

const COLUMNS = {
  name: ['名称', 'name'],
  scene: ['场景值', 'scene'],
  placement: ['渠道', 'placement', 'channel'],
  folder: ['文件夹', 'folder'],
  tags: ['标签', 'tags', 'tag'],
} as const
type Column = keyof typeof COLUMNS
type Line = Record<Column, string> & { line: number }
type Wrong = CodesFile['wrong'][number]

/**
 * Codes as a file names them, with what is wrong by line; makes none. Refused with `file_not_table`, `file_empty`, without a column
 * of names (`qr_file_no_name`), and beyond 1,000 lines (`qr_file_too_long`).
 */
export async function readCodesFile(ctx: Ctx, accountId: string, bytes: Buffer): Promise<CodesFile> {
  await getAccount(ctx, accountId)
  const { lines, ignored } = await linesOf(bytes)
  const tags = await tagsByName(
    ctx.db,
    lines.flatMap(({ tags: names }) => split(names)),
  )
  const taken = new Set(
    await scenesTaken(
      ctx.db,
      accountId,
      lines.map(({ scene }) => scene),
      MOST_IN_BATCH,
    ),
  )
  const scenes = new Set<string>()
  const wrong: Wrong[] = []
  const codes: BatchCode[] = []
  for (const line of lines) {
    const found = problemOf(line, { tags, taken, scenes })
    if (line.scene !== '') scenes.add(line.scene)
    if (found === undefined) codes.push(codeOf(line, tags))
    else wrong.push({ line: line.line, ...found })
  }
  const fresh = async (kind: 'placement' | 'folder') => {
    const names = [...new Set(codes.flatMap((code) => code[kind] ?? []))]
    const known = await labelsByName(ctx.db, kind, { accountId, names })
    return names.filter((name) => !known.has(name))
  }
  return { codes, wrong, ignored, newPlacements: await fresh('placement'), newFolders: await fresh('folder') }
}

async function linesOf(bytes: Buffer): Promise<{ lines: Line[]; ignored: string[] }> {
  const format = formatOf(bytes.subarray(0, 4_096))
  if (format === undefined) throw invalid('file_not_table', 'the file is neither CSV nor XLSX')
  let place: Partial<Record<Column, number>> | undefined
  let ignored: string[] = []
  const lines: Line[] = []
  let line = 0
  for await (const row of readTable({ format, open: async () => Readable.from([bytes]) })) {
    line += 1
    const cells = row.map((cell) => cell.replaceAll('\0', '').toWellFormed().trim())
    if (place === undefined) {
      ;({ place, ignored } = placesOf(cells))
      continue
    }
    if (lines.length >= MOST_IN_BATCH)
      throw invalid('qr_file_too_long', 'the file has too many lines', { most: MOST_IN_BATCH })
    const at = place
    const cell = (column: Column) => cells[at[column] ?? -1] ?? ''
    const [name, scene] = [cell('name'), cell('scene')]
    lines.push({
      line,
      name,
      scene,
      placement: cell('placement'),
      folder: cell('folder'),
      tags: cell('tags'),
    })
  }
  if (lines.length === 0) throw invalid('file_empty', 'there is nothing in the file')
  return { lines, ignored }
}

function placesOf(heading: readonly string[]) {
  const columnOf = (title: string) =>
    (Object.keys(COLUMNS) as Column[]).find((column) =>
      (COLUMNS[column] as readonly string[]).includes(title.toLowerCase()),
    )
  const place: Partial<Record<Column, number>> = {}
  const ignored: string[] = []
  for (const [index, title] of heading.entries()) {
    const column = columnOf(title)
    if (column !== undefined && place[column] === undefined) place[column] = index
    else if (title !== '') ignored.push(title.slice(0, 60))
  }
  if (place.name === undefined) throw invalid('qr_file_no_name', 'no column is called 名称 or name')
  return { place, ignored: ignored.slice(0, 20) }
}

const split = (names: string): string[] => [
  ...new Set(
    names
      .split(/[、,，;；|]/)
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
]

type Known = { tags: ReadonlyMap<string, string>; taken: ReadonlySet<string>; scenes: ReadonlySet<string> }

function problemOf({ name, scene, placement, folder, tags: names }: Line, known: Known) {
  const say = (what: Wrong['what'], value: string) => ({ what, value: value.slice(0, 60) })
  if (!codeName.safeParse(name).success) return say('name', name)
  if (scene !== '') {
    if (checkScene({ text: scene, isNumber: false }, 'permanent') !== undefined) return say('scene', scene)
    if (known.scenes.has(scene)) return say('scene_twice', scene)
    if (known.taken.has(scene)) return say('scene_taken', scene)
  }
  for (const [what, label] of [
    ['placement', placement],
    ['folder', folder],
  ] as const)
    if (label !== '' && !labelName.safeParse(label).success) return say(what, label)
  const tags = split(names)
  if (tags.length > MOST_CODE_TAGS) return say('tags_many', names)
  const unknown = tags.find((tag) => !known.tags.has(tag))
  return unknown === undefined ? undefined : say('tag', unknown)
}

const codeOf = (
  { name, scene, placement, folder, tags: names }: Line,
  tags: ReadonlyMap<string, string>,
): BatchCode => ({
  name,
  scene: scene === '' ? null : { text: scene, isNumber: false },
  placement: placement || null,
  folder: folder || null,
  tagIds: split(names).flatMap((tag) => tags.get(tag) ?? []),
})
