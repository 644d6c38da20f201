import { createHash } from 'node:crypto'
import type { Account } from '../official-account/account.ts'

const WORST = 0.6
const BEST = 1.6

/** How well an article is read, as a factor of the account's rate: as the settings say of its title, or by the title itself. */
export function qualityOf(title: string, { settings }: Pick<Account, 'settings'>): number {
  const said = settings.quality?.find((quality) => title.includes(quality.title))
  if (said) return said.read
  const luck = createHash('sha256').update(`quality ${title}`).digest().readUInt32BE() / 2 ** 32
  return WORST + luck * (BEST - WORST)
}

/** Of all who got the message, how many read this article within three days: a second one is opened by half as many. */
export const readRateOf = (article: { title: string; idx: number }, account: Account): number =>
  Math.min(1, account.rates.read * qualityOf(article.title, account)) / article.idx
