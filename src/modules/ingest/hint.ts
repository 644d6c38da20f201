import type { Ctx } from '../../context.ts'
import { REACTIONS_TOPIC } from './reactions.ts'

/** Real time between two hints to those who follow the log; the log itself is the truth. */
const HINT_EVERY_MS = 50

/** At most one hint under way and one every 50 ms; the last batch always gets one. */
export function hintReactions(ctx: Ctx): () => void {
  let pending = false
  const send = () => {
    pending = false
    ctx.wake.notify(REACTIONS_TOPIC).catch((error: Error) => ctx.log.debug({ err: error }, 'hint not sent'))
  }
  return () => {
    if (pending) return
    pending = true
    setTimeout(send, HINT_EVERY_MS).unref()
  }
}
