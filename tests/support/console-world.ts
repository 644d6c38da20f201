import type { Page } from 'playwright-core'
import { startServer } from '../../src/server/index.ts'
import { startWorker } from '../../src/worker/index.ts'
import { buildConsole, collectErrors, launchBrowser } from './browser.ts'
import { freePort } from './free-port.ts'
import { createTestWorld, type TestWorld } from './world.ts'

/** Everything as `npm start` runs it, with a browser in front of it. */
export type ConsoleWorld = {
  world: TestWorld
  page: Page
  /** Where the console is. */
  base: string
  /** What went wrong in the page, unasked. */
  errors: string[]
  close(): Promise<void>
}

type Options = {
  env?: Record<string, string>
  height?: number
  /** Done before the browser opens. */
  prepare?(world: TestWorld): Promise<unknown>
  /** False where the test is the first visitor itself. */
  administrator?: boolean
}

/** A console in Chinese with an administrator signed in, on its overview. */
export async function openConsoleWorld(options: Options = {}): Promise<ConsoleWorld> {
  buildConsole()
  const port = String(await freePort())
  const base = `http://127.0.0.1:${port}`
  const world = await createTestWorld({ PORT: port, PUBLIC_URL: base, ...options.env })
  const server = await startServer(world.ctx)
  const worker = await startWorker(world.ctx)
  await options.prepare?.(world)
  const browser = await launchBrowser()
  const viewport = { width: 1280, height: options.height ?? 900 }
  const page = await (await browser.newContext({ viewport, locale: 'zh-CN' })).newPage()
  page.setDefaultTimeout(15_000)
  const errors = collectErrors(page)
  if (options.administrator !== false) {
    await page.goto(base)
    await beFirst(page)
  }
  return {
    world,
    page,
    base,
    errors,
    async close() {
      await browser.close()
      await worker.close()
      await server.close()
      await world.close()
    },
  }
}

/** The first visitor makes the administrator. */
export async function beFirst(page: Page): Promise<void> {
  await page.waitForURL(/\/setup/)
  await page.getByLabel('姓名').fill('管理员')
  await page.getByLabel('邮箱').fill('first@example.com')
  await page.getByLabel('密码', { exact: true }).fill('a long enough password')
  await page.locator('button[type=submit]').click()
  await page.waitForURL((url) => !url.pathname.startsWith('/setup'))
}
