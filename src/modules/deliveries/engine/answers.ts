import { setTimeout as delay } from 'node:timers/promises'
import type { Ctx } from '../../../context.ts'
import { systemActor, withActor } from '../../../context.ts'
import { isDatabaseDown } from './failures.ts'
import { type Answer, writeAnswers } from './write-answers.ts'

/** Where answers of calls are put; they are written in batches, as they come. */
export type AnswerDesk = {
  put(answer: Answer): void
}

const MOST_AT_ONCE = 500
/** What comes within so long is written together. */
const GATHER_MS = 4
const WRITERS = 2
const AGAIN_MS = 250
/** Longer than any lease: after it nobody would find what is written here. */
const GIVE_UP_MS = 120_000

/** `written` is told, per target, how many are no longer in flight. */
export function createAnswerDesk(base: Ctx, written: (key: string, n: number) => void): AnswerDesk {
  const ctx = withActor(base, systemActor('worker'))
  const waiting: Answer[] = []
  let writers = 0
  let timer: NodeJS.Timeout | undefined

  const done = (answers: readonly Answer[]) => {
    for (const [key, group] of Map.groupBy(answers, (answer) => answer.key)) written(key, group.length)
  }

  /** While the database is away they wait here; a batch that can't be written is written one by one. */
  const write = async (answers: readonly Answer[]) => {
    for (const end = performance.now() + GIVE_UP_MS; ; ) {
      try {
        await writeAnswers(ctx, answers)
        return
      } catch (error) {
        if (isDatabaseDown(error) && performance.now() < end) {
          await delay(AGAIN_MS)
          continue
        }
        if (answers.length > 1) {
          for (const answer of answers) await write([answer])
          return
        }
        // its lease runs out, and then it is unknown
        ctx.log.error({ err: error, deliveryId: answers[0]?.id }, 'an answer could not be written')
        return
      }
    }
  }

  const run = async () => {
    writers += 1
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_AT_ONCE)
      await write(batch)
      done(batch)
    }
    writers -= 1
  }

  return {
    put(answer) {
      waiting.push(answer)
      if (writers >= WRITERS || timer !== undefined) return
      timer = setTimeout(() => {
        timer = undefined
        if (waiting.length > 0) void run()
      }, GATHER_MS)
    },
  }
}
