import { setTimeout as delay } from 'node:timers/promises'
import {
  addConditionalMenu,
  createMenu,
  deleteConditionalMenu,
  deleteMenus,
  getMenus,
} from '../../channels/official-account/menus.ts'
import { isWechatError, type OfficialAccountClient } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { AppError, assert, conflict } from '../../kernel/errors.ts'
import { accountClient } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { replyRulesChanged } from '../auto-replies/index.ts'
import { pausing } from '../contacts/index.ts'
import { executeRun, explainWechatError, patiently, RunInterrupted, type RunReport } from '../runs/index.ts'
import { retireAnswers } from './commands/save.ts'
import { MOST_STEPS, nextStep, type Step } from './rules.ts'
import type { LiveMenus, WireButton } from './schema.ts'
import * as store from './store.ts'

/** What may have been done all the same, or passes: looked at again, so often. */
const MOST_STUMBLES = 10
const LONGEST_PAUSE_MS = 15_000
/** A conditional menu that is gone already. */
const GONE = 65301

/**
 * The job behind publishing: reads what WeChat has, makes the next call, and reads again, until nothing is left to do. It
 * remembers nothing between calls, so it may be cut off anywhere, and a call whose answer was lost is seen in the next look.
 */
export const runPublish = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    const publication = await store.selectPublication(ctx.db, String(run.payload['publicationId']))
    if (publication?.state !== 'running') return
    try {
      const live = await settle(ctx, publication, report)
      await end(ctx, publication, live)
    } catch (error) {
      if (report.signal.aborted || error instanceof RunInterrupted) throw error
      const told = isWechatError(error) ? explainWechatError(error) : error
      const problem =
        told instanceof AppError
          ? { reason: told.reason, detail: told.detail }
          : { reason: 'internal', detail: {} }
      await store.endPublication(ctx.db, publication.id, { problem, at: ctx.clock.now() })
      throw error
    }
  })

async function settle(
  ctx: Ctx,
  { id, accountId, wanted, steps }: store.Publication,
  report: RunReport,
): Promise<LiveMenus | null> {
  const client = await accountClient(ctx, accountId)
  let stumbles = 0
  for (let made = steps; ; ) {
    const live = (await patiently(report.signal, () => pausing(ctx, accountId, getMenus(client)))) ?? null
    await store.writeLive(ctx, accountId, { live, at: ctx.clock.now() })
    const step = nextStep(live, wanted)
    if (step.do === 'nothing') return live
    if (made >= MOST_STEPS)
      throw conflict('menu_not_settling', 'WeChat shows something else after every call')
    await report.progress({ done: made })
    try {
      await pausing(ctx, accountId, carryOut(client, step))
    } catch (error) {
      stumbles += 1
      if (!mayPass(error) || stumbles > MOST_STUMBLES) throw error
      await delay(Math.min(250 * 2 ** stumbles, LONGEST_PAUSE_MS), undefined, { signal: report.signal })
      continue
    }
    made += 1
    await store.countStep(ctx.db, id)
  }
}

const mayPass = (error: unknown): boolean =>
  isWechatError(error) &&
  (error.ambiguous || error.kind === 'busy' || error.kind === 'rate-minute' || error.errcode === GONE)

async function carryOut(client: OfficialAccountClient, step: Step): Promise<void> {
  switch (step.do) {
    case 'create':
      return createMenu(client, step.buttons)
    case 'add':
      await addConditionalMenu(client, step)
      return
    case 'remove':
      return deleteConditionalMenu(client, step.menuId)
    case 'remove-all':
      return deleteMenus(client)
    case 'nothing':
      assert(false, 'nothing is no call')
  }
}

/** What is answered is what phones may still show: the menus of now, and those before, which some keep for a while. */
async function end(
  ctx: Ctx,
  { id, accountId, before, wanted, revision }: store.Publication,
  live: LiveMenus | null,
): Promise<void> {
  const retired = await inTransaction(ctx.db, async (trx) => {
    if (!(await store.endPublication(trx, id, { problem: null, at: ctx.clock.now() }))) return 0
    await audit(ctx, trx, {
      action: wanted === null ? 'menu.removed' : 'menu.published',
      accountId,
      subject: { kind: 'menu', id: accountId },
      detail: { revision, publicationId: id },
    })
    return retireAnswers(ctx, trx, accountId, new Set([...keysIn(live), ...keysIn(before)]))
  })
  if (retired > 0) await replyRulesChanged(ctx, [accountId])
}

const keysIn = (menus: LiveMenus | null): string[] =>
  [menus?.buttons ?? [], ...(menus?.conditional.map(({ buttons }) => buttons) ?? [])].flatMap((buttons) =>
    buttons.flatMap((button) => [button, ...(button.sub_button ?? [])].flatMap(keyIn)),
  )
const keyIn = ({ key }: WireButton): string[] => (key ? [key] : [])
