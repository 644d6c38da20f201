import type { Page } from 'playwright-core'
import { bindAccount, getCallbackInfo } from '../../src/modules/accounts/index.ts'
import { startServer } from '../../src/server/index.ts'
import { startWorker } from '../../src/worker/index.ts'
import { buildConsole, collectErrors, launchBrowser, openPage } from './browser.ts'
import { freePort } from './free-port.ts'
import { type Bound, copyPeople, STILL } from './sending.ts'
import { until } from './until.ts'
import { createTestWorld, type SimulatedAccount, type TestWorld } from './world.ts'

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
  const page = await openPage(browser, { viewport })
  const errors = collectErrors(page)
  if (options.administrator !== false) await signIn(page, base)
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

/**
 * An account with its people known here and its callback set there. Other than in a sandbox nobody does anything by
 * themselves: a story's numbers are only those that it makes.
 */
export async function bindStill(
  { ctx, account, control }: TestWorld,
  overrides: Partial<SimulatedAccount> = {},
): Promise<Bound> {
  const made = await account({ drafts: 0, articles: 0, ...overrides })
  const id = await bindAccount(ctx, made)
  const { url, token, aesKey } = await getCallbackInfo(ctx, id)
  await control('PATCH', `/accounts/${made.appid}`, {
    callback: { url, token, aesKey, mode: 'safe' },
    rates: STILL,
  })
  return { ...made, id, ...(await copyPeople(ctx, id, made.appid)) }
}

/** Both clocks, as the sandbox's own control moves them. */
export async function forward({ ctx, control }: TestWorld, ms: number): Promise<void> {
  const to = new Date(ctx.clock.now().getTime() + ms)
  await control('POST', '/clock', { now: to.toISOString() })
  await ctx.pool.query(
    `update business_clock set offset_ms = greatest(offset_ms,
       ceil(extract(epoch from $1::timestamptz - clock_timestamp()) * 1000)::bigint)`,
    [to],
  )
  await ctx.clock.refresh()
  await ctx.wake.notify('clock')
}

/** Fans who write now, so that their 48 hours begin; known here when it returns. */
export async function write(
  { ctx, control }: TestWorld,
  appid: string,
  openids: readonly string[],
): Promise<void> {
  for (const openid of openids)
    await control('POST', '/act', { appid, openid, action: 'text', content: '在吗' })
  await until(
    async () => {
      const { rowCount } = await ctx.pool.query(
        `select from service_windows w join fans f on f.id = w.fan_id where w.kind = 'message' and f.openid = any($1)`,
        [openids],
      )
      return rowCount === openids.length
    },
    { what: 'the windows of those who wrote' },
  )
}

const FIRST = { name: '管理员', email: 'first@example.com', password: 'a long enough password' }

/** The administrator is made without the form, which has a story of its own. */
async function signIn(page: Page, base: string): Promise<void> {
  const answer = await page.request.post(`${base}/api/setup`, { data: FIRST, headers: { origin: base } })
  if (!answer.ok()) throw new Error(`no administrator: ${answer.status()} ${await answer.text()}`)
  await page.goto(base)
  await page.waitForURL((url) => url.pathname !== '/')
}

/** The first visitor makes the administrator. */
export async function beFirst(page: Page): Promise<void> {
  await page.waitForURL(/\/setup/)
  await page.getByLabel('姓名').fill(FIRST.name)
  await page.getByLabel('邮箱').fill(FIRST.email)
  await page.getByLabel('密码', { exact: true }).fill(FIRST.password)
  await page.locator('button[type=submit]').click()
  await page.waitForURL((url) => !url.pathname.startsWith('/setup'))
}
