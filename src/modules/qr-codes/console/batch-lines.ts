import { checkScene } from '../../../wechat/rules/scene-limits.ts'
import { type BatchCode, codeName } from '../schema.ts'

export type BatchLines = {
  codes: BatchCode[]
  /** Lines counted from 1 that can't be taken, and why. */
  wrong: { line: number; what: 'name' | 'scene' | 'scene_twice'; value: string }[]
}

/** What was pasted, a code a line: its name, and after a tab or comma its own scene where it has one. */
export function readLines(text: string, life: 'temporary' | 'permanent'): BatchLines {
  const codes: BatchCode[] = []
  const wrong: BatchLines['wrong'] = []
  const scenes = new Set<string>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const [name = '', own = ''] = line.split(/[\t,，]/).map((part) => part.trim())
    const scene = own === '' ? null : { text: own, isNumber: false }
    const say = (what: BatchLines['wrong'][number]['what']) =>
      wrong.push({ line: index + 1, what, value: own })
    if (!codeName.safeParse(name).success) say('name')
    else if (scene !== null && checkScene(scene, life) !== undefined) say('scene')
    else if (scene !== null && scenes.has(scene.text)) say('scene_twice')
    else codes.push({ name, scene, placement: null, folder: null, tagIds: [] })
    if (scene !== null) scenes.add(scene.text)
  }
  return { codes, wrong }
}
