import { type RawBuilder, sql } from 'kysely'
import type { Condition } from '../../schema/rule.ts'
import type { Frame } from '../frame.ts'
import { matching, type PeopleSet } from '../sets.ts'
import { inWindow } from '../windows.ts'

export type CampaignCondition = Extract<Condition, { kind: 'campaign' }>

/** What campaigns came to for a person: a message was taken in, a link of one tapped, the campaign's goal reached. */
export const campaignPeople = (condition: CampaignCondition, frame: Frame): PeopleSet =>
  matching(sql`select ${frame.keptKey} as k ${campaignRows(condition, frame)}`)

/** `from … s where …` over what happened, each with its time `s.at`. Rows keep the person they were about. */
export const campaignRows = (condition: CampaignCondition, frame: Frame): RawBuilder<unknown> => sql`
  ${frame.kept(happened(condition))} where ${inWindow(sql`s.at`, condition.window, frame.at)}
    and ${frame.history ? sql`s.known_at <= ${frame.at}` : sql`true`}`

/** Received: as far as the platform tells. What is in doubt was not. */
function happened(condition: CampaignCondition): RawBuilder<unknown> {
  const by = ofCampaign(condition)
  switch (condition.what) {
    case 'received':
      return sql`(select d.contact_id, d.intent_at as at, d.intent_at as known_at from deliveries d ${by}
        where d.state in ('accepted', 'delivered') and d.intent_at is not null)`
    case 'clicked':
      return sql`(select d.contact_id, d.at, d.known_at from link_clicks d ${by})`
    case 'converted':
      return sql`(select d.contact_id, d.at, d.known_at from conversions d ${by})`
  }
}

const ofCampaign = ({ campaign, activityId, accountId }: CampaignCondition): RawBuilder<unknown> => sql`
  join sends o on o.id = d.send_id and o.owner_kind = 'campaign'
    ${campaign === 'any' ? sql`` : sql`and o.owner_id = ${campaign}::bigint`}
    ${accountId === undefined ? sql`` : sql`and o.account_id = ${accountId}::bigint`}
  ${activityId === undefined ? sql`` : sql`join campaigns c on c.id = o.owner_id and c.activity_id = ${activityId}::bigint`}`
