import { getInterfaceQuota } from '../../src/channels/official-account/quota.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { menusModule } from '../../src/modules/menus/module.ts'
import type { MenuButton, MenuDraft, MenusView } from '../../src/modules/menus/schema.ts'
import { menuButton } from '../../src/modules/menus/schema.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

type Seen = { name: string; key?: string; url?: string; sub_button?: Seen[] }
type Shown = {
  buttons: Seen[]
  history: ({ buttons: Seen[] } | null)[]
  lastTag: number | null
  system: number
}

export type MenuWorld = SendingWorld & {
  menus: {
    read(account: Bound): Promise<MenusView>
    /** As the page does it: looks first, then saves over what is there. */
    save(account: Bound, ...menus: MenuDraft[]): Promise<MenusView>
    post(account: Bound, verb: string, body?: object): Promise<{ status: number; body: MenusView & Refused }>
    /** Publishes what is saved and what was seen, and does the work. */
    publish(account: Bound): Promise<MenusView>
    /** Does the work of a publication that was begun. */
    work(account: Bound): Promise<void>
  }
  /** What WeChat shows a fan, and showed them after each change. */
  shown(account: Bound, openid: string): Promise<Shown>
  /** How often a call was made, by WeChat's count. */
  calls(account: Bound, path: string): Promise<number>
}
type Refused = { error: { reason: string; detail: Record<string, unknown> } }

const NEVER = new AbortController().signal
let made = 0

/** A button that answers nothing, with an id of its own. */
export const button = (fields: Partial<MenuButton> = {}): MenuButton =>
  menuButton.parse({ id: `button${++made}`, name: '点单', ...fields })
export const menu = (name: string, fields: Partial<MenuDraft> = {}): MenuDraft => ({
  id: `menu00${++made}`,
  name,
  match: null,
  buttons: [button({ name })],
  ...fields,
})

export const createMenuWorld = async (): Promise<MenuWorld> => withMenus(await createSendingWorld())

/** The same on a world that can do more already. */
export function withMenus<W extends SendingWorld>(world: W): W & MenuWorld {
  const at = (account: Bound, rest = '') => `/api/accounts/${account.id}/menus${rest}`
  const ok = <T>({ status, body }: { status: number; body: T }): T => {
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body
  }
  const post = (account: Bound, verb: string, body: object = {}) =>
    world.api<MenusView & Refused>('POST', at(account, `/${verb}`), body)
  const read = async (account: Bound) => ok(await world.api<MenusView>('GET', at(account)))
  const work = async (account: Bound) => {
    const { rows } = await world.ctx.pool.query<{ id: string }>(
      `select id from background_runs where kind = 'menus.publish' and account_id = $1 and state in ('queued', 'running')`,
      [account.id],
    )
    for (const { id } of rows) await menusModule.jobs?.['menus.publish']?.(world.ctx, { runId: id }, NEVER)
  }
  return {
    ...world,
    menus: {
      read,
      post,
      work,
      async save(account, ...menus) {
        const { revision } = ok(await post(account, 'look'))
        return ok(await world.api<MenusView>('PUT', at(account), { revision, menus }))
      },
      async publish(account) {
        const { revision, liveDigest: live } = await read(account)
        ok(await post(account, 'publish', { revision, live }))
        await work(account)
        return read(account)
      },
    },
    shown: (account, openid) =>
      world.control('GET', `/menu?appid=${account.appid}&openid=${encodeURIComponent(openid)}`),
    calls: async (account, path) =>
      (await getInterfaceQuota(await accountClient(world.ctx, account.id), path)).used,
  }
}
