import type { Page } from 'playwright-core'

const SHOWN = 900

/** Pages that tests have open, so that one that fails can say what it saw. */
export const pages = new Set<Page>()

/** Where a page is and the beginning of what a person would read there, in one paragraph. */
export async function describePage(page: Page): Promise<string> {
  const text = await Promise.race([
    page.evaluate('document.body.innerText').then(String, (error: Error) => `(${error.message})`),
    new Promise<string>((resolve) => setTimeout(resolve, 5_000, '(the page does not answer)').unref()),
  ])
  const words = text.replace(/\s+/g, ' ').trim()
  return `  seen at ${page.url()}: ${words.length > SHOWN ? `${words.slice(0, SHOWN)} …` : words}`
}
