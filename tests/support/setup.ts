// Before each test file of the project `database`: how patient its tests are, and what a failed one saw in a browser.
import { afterEach, expect, vi } from 'vitest'
import { describePage, pages } from './pages.ts'

// on a machine of CI that has other things to do a click takes seconds
if (expect.getState().testPath?.includes('/tests/e2e/'))
  vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

afterEach(async ({ task }) => {
  const [error] = task.result?.errors ?? []
  if (error === undefined) return
  const seen: string[] = []
  for (const page of pages) {
    seen.push(await describePage(page))
    const { keepShot } = await import('./browser.ts')
    const name = task.name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60)
    await keepShot(page, `failed-${name}-${seen.length}`).catch(() => undefined)
  }
  if (seen.length > 0) error.message = `${error.message}\n${seen.join('\n')}`
  // reports in JSON hold the stack alone
  error.stack = [error.stack, error.diff, ...seen].filter(Boolean).join('\n')
})
