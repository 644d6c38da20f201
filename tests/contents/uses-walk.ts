import type { Pool, PoolClient } from 'pg'

type Db = Pick<Pool | PoolClient, 'query'>
type Json = null | string | number | boolean | Json[] | { [key: string]: Json }

/** One line a material and user: `kind id name [owner] [live] material:id/places`. */
const line = (of: {
  user: string
  name: string
  owner?: string | null
  live: boolean
  material: string
  places: number[]
}) =>
  [of.user, of.name, of.owner ?? '', of.live ? 'live' : '', `${of.material}/${of.places.join(',')}`].join(' ')

/** What is noted of an account. */
export async function usesHeld(db: Db, accountId: string): Promise<string[]> {
  const { rows } = await db.query(
    `select user_kind || ' ' || user_id as user, name, owner_kind || owner_id as owner, live,
       material || ':' || material_id as material, places from material_uses where account_id = $1`,
    [accountId],
  )
  return rows.map(line).sort()
}

/** The same by looking at every string of everything that is saved; slow, and knows no kinds of contents. */
export async function usesWalked(db: Db, accountId: string): Promise<string[]> {
  const found = new Map<string, Parameters<typeof line>[0]>()
  const note = (
    user: Omit<Parameters<typeof line>[0], 'material' | 'places'>,
    material: string,
    place?: Json,
  ) => {
    const key = `${user.user} ${material}`
    const kept = found.get(key) ?? { ...user, material, places: [] }
    found.set(key, kept)
    if (typeof place === 'number' && !kept.places.includes(place))
      kept.places = [...kept.places, place].sort()
  }
  const users = await db.query(
    `select 'reply-rule ' || id as user, name, owner_kind || owner_id as owner, state = 'on' as live, answer as content
       from reply_rules r where archived_at is null
         and exists (select from reply_rule_accounts a where a.rule_id = r.id and a.account_id = $1)
     union all select 'recall ' || id, name, null, state = 'on', content from recall_rules
       where archived_at is null and account_id = $1
     union all select 'campaign ' || id, name, null, state <> 'draft', plan from campaigns
       where state not in ('ended', 'cancelled', 'failed') and account_id = $1
     union all select 'broadcast ' || b.id, b.name, null, b.state <> 'draft', a.content
       from broadcasts b join broadcast_arms a on a.broadcast_id = b.id
       where b.state not in ('ended', 'cancelled', 'failed') and b.account_id = $1`,
    [accountId],
  )
  for (const { content, ...user } of users.rows)
    walk(content, (key, value, beside) => {
      if (/^(media|thumb|picture)AssetIds?$/.test(key))
        for (const id of [value].flat()) id !== null && note(user, `media:${id}`)
      if (key === 'articleSetId' && value !== null && beside['kept'] !== 'gone')
        note(user, `article-set:${value}`, beside['index'])
    })
  const ours = new Map<string, string>()
  const named = await db.query(
    `select media_id as wechat, 'media:' || id as ours from media_assets where account_id = $1
     union all select wechat_id, 'article-set:' || id from article_sets where account_id = $1 and kind = 'published'`,
    [accountId],
  )
  for (const row of named.rows) ours.set(row.wechat, row.ours)
  const menus = await db.query('select menus, live from menu_sets where account_id = $1', [accountId])
  for (const { menus: edited, live } of menus.rows) {
    const of = (kind: string) => ({ user: `${kind} ${accountId}`, name: '', live: kind === 'live-menu' })
    walk(edited, (key, value, beside) => {
      const shown = Array.isArray(beside['below']) && beside['below'].length > 0 ? null : beside['type']
      if (key === 'mediaAssetId' && value !== null && shown === 'media_id') note(of('menu'), `media:${value}`)
      if (key === 'articleSetId' && value !== null && shown === 'article_id')
        note(of('menu'), `article-set:${value}`)
    })
    walk(live, (key, value) => {
      const known = /^(media|article)_id$/.test(key) ? ours.get(String(value)) : undefined
      if (known !== undefined) note(of('live-menu'), known)
    })
  }
  return [...found.values()].map(line).sort()
}

function walk(value: Json, see: (key: string, value: Json, beside: { [key: string]: Json }) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, see)
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) {
      see(key, one, value)
      walk(one, see)
    }
}
