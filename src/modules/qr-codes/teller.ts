import { EVENTS } from '../ingest/schema.ts'
import type { ReadEvent, Teller } from '../manifest.ts'
import { namesOfScenes } from './store/codes.ts'

/** Which code a scan, or a follow by one, was of. */
export const tellCodes: Teller = async (ctx, events) => {
  const scanned = events.filter(({ name, properties }) => isScan(name) && sceneOf(properties) !== null)
  if (scanned.length === 0) return new Map()
  const codes = await namesOfScenes(
    ctx.db,
    scanned.map(({ accountId, properties }) => ({ accountId, scene: sceneOf(properties) as string })),
  )
  return new Map(
    scanned.flatMap(({ id, accountId, properties }) => {
      const code = codes.find((one) => one.accountId === accountId && one.scene === sceneOf(properties))
      return code === undefined
        ? []
        : [[id, [{ kind: 'qr-code' as const, id: code.id, name: code.name }]] as const]
    }),
  )
}

const isScan = (name: string) => name === EVENTS.scan || name === EVENTS.follow
const sceneOf = ({ scene }: ReadEvent['properties']) =>
  typeof scene === 'string' && scene !== '' ? scene : null
