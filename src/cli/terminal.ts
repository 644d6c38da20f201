import { createInterface } from 'node:readline/promises'

/** Tells the person at the terminal what happens, in both languages. */
export type Reporter = {
  /** Does one step and says how long it took. */
  step<T>(zh: string, en: string, work: () => Promise<T>): Promise<T>
  say(text?: string): void
}

export const terminal: Reporter = {
  async step(zh, en, work) {
    const began = performance.now()
    process.stdout.write(`· ${zh}  ${en}\n`)
    const result = await work()
    const seconds = (performance.now() - began) / 1000
    if (seconds >= 1) process.stdout.write(`  ${seconds.toFixed(1)} s\n`)
    return result
  },
  say(text = '') {
    process.stdout.write(`${text}\n`)
  },
}

/** Asks for one line; undefined where nobody is there to answer. */
export async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return (await lines.question(question)).trim()
  } finally {
    lines.close()
  }
}
