import type { BroadcastAudience, Content, GroupDraft, Path } from '../../src/modules/broadcasts/schema.ts'

type Flat = {
  name: string
  audience: BroadcastAudience
  content: Content
  path: Path
  ignoreReprint?: boolean
  activityId?: string | null
}

/** A mass send of one group as the API takes it. */
export const singleGroup = ({ name, ...group }: Flat) => ({
  name,
  groups: [{ name, ...group } satisfies Partial<GroupDraft>],
})

type Client = { query(text: string, values: unknown[]): Promise<{ rows: { id: string }[] }> }

/** A mass send of one text to everybody, as its record stands, without anything that leads there. Returns its id. */
export async function insertBroadcast(
  client: Client,
  row: {
    accountId: string
    state: 'running' | 'ended'
    name?: string
    planned?: number
    activityId?: string
    at?: string
  },
): Promise<string> {
  const { accountId, state, name = 'a send', planned = 1, activityId = null, at = null } = row
  const { rows } = await client.query(
    `with b as (insert into broadcasts (account_id, name, state, created_at, updated_at)
         values ($1, $2, $3, coalesce($6::timestamptz, now()), now()) returning id),
       g as (insert into broadcast_groups (broadcast_id, place, name, audience, path, activity_id)
         select id, 0, $2, '{"kind":"all"}', 'list', $5 from b returning id, broadcast_id),
       a as (insert into broadcast_arms (broadcast_id, account_id, group_id, number, kind, state, content, frozen_content, planned)
         select broadcast_id, $1, id, 0, 'whole', $3, '{"kind":"text","text":"hi"}',
           '{"kind":"ready","message":{"msgtype":"text","text":{"content":"hi"}}}', $4 from g)
     select id from b`,
    [accountId, name, state, planned, activityId, at],
  )
  return rows[0]?.id as string
}
