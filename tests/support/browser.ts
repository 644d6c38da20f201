import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { pages } from './pages.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
)

/** Browser tests need a Chromium on the machine; CI installs one, elsewhere they are left out where there is none. */
export const hasBrowser = CHROMIUM !== undefined || process.env['CI'] === 'true'

const PATIENCE_MS = 90_000

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? '/usr/bin/chromium',
    timeout: PATIENCE_MS,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** How many times slower the browser's own work is made, to find tests that count on its speed: `BROWSER_SLOWDOWN=4`. */
const SLOWDOWN = Number(process.env['BROWSER_SLOWDOWN'] ?? 1)

/** A page as tests use it: patient, and described when its test fails. In a browser it gets a context of its own. */
export async function openPage(
  where: Browser | BrowserContext,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = 'newContext' in where ? await where.newContext({ locale: 'zh-CN', ...options }) : where
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  // a dialog that is still opening can lose a click
  await page.emulateMedia({ reducedMotion: 'reduce' })
  if (SLOWDOWN > 1) {
    const session = await context.newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN })
  }
  pages.add(page)
  page.once('close', () => pages.delete(page))
  return page
}

/** The console as `npm start` would serve it, built when its sources changed. */
export function buildConsole(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', 'build'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the console could not be built: ${stderr}`)
}

const SHOTS = path.join(ROOT, '.artefacts/screenshots')

/** Keeps what a person would see, outside git. */
export async function keepShot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) })
}

/** What went wrong in the page, unasked: script errors and refused resources, sign-in's first 401 apart. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/401/.test(message.text())) errors.push(message.text())
  })
  return errors
}
