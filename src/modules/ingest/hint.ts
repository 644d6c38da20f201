import type { Ctx } from '../../context.ts'
import { REACTIONS_TOPIC } from './reactions.ts'

/** Real time between two hints to those who follow the log; the log itself is the truth. */
const HINT_EVERY_MS = 20

/** At once after a quiet moment, then at most one every 20 ms; the last batch always gets one. */
export function hintReactions(ctx: Ctx): () => void {
  let pending = false
  let resting = false
  const send = () => {
    pending = false
    resting = true
    ctx.wake.notify(REACTIONS_TOPIC).catch((error: Error) => ctx.log.debug({ err: error }, 'hint not sent'))
    setTimeout(() => {
      resting = false
      if (pending) send()
    }, HINT_EVERY_MS).unref()
  }
  return () => {
    pending = true
    if (!resting) send()
  }
}
