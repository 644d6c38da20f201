import type { Executor } from '../../infra/transaction.ts'
import { insertLinks, type SentLink } from './store.ts'

export { recordClicks } from './clicks.ts'
export { LINK_PARAMETER, tieMiniProgram } from './rules.ts'
export type { Click, SentLink } from './store.ts'
export { codeOf, tie } from './tie.ts'

/** Keeps the addresses behind the links of a version; what is there already stays as it is. */
export const saveLinks = (
  trx: Executor,
  of: { sendId: string; version: number },
  links: readonly SentLink[],
): Promise<void> => insertLinks(trx, of, links)
