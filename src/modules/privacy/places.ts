import { type RawBuilder, sql } from 'kysely'
import type { ErasedKind } from './schema.ts'

/** A person as the tables know them: every id they had, and their fans. */
export type Subject = { contactIds: string[]; fanIds: string[] }
type Place = { kind: ErasedKind; table: string; where: (subject: Subject) => RawBuilder<boolean> }

const ofContacts =
  (column: string) =>
  ({ contactIds }: Subject) =>
    sql<boolean>`${sql.ref(column)} = any(${contactIds}::bigint[])`
const ofFans = ({ fanIds }: Subject) => sql<boolean>`fan_id = any(${fanIds}::bigint[])`

/**
 * Tables whose rows about a person go as a whole, in the order in which they can; the person's contacts, fans and events
 * come after them. What only loses a part of a row is in erase.ts.
 */
export const PLACES: readonly Place[] = [
  { kind: 'identities', table: 'contact_identities', where: ofContacts('contact_id') },
  { kind: 'attributes', table: 'contact_attributes', where: ofContacts('contact_id') },
  { kind: 'tags', table: 'contact_tags', where: ofContacts('contact_id') },
  { kind: 'tags', table: 'fan_tags', where: ofFans },
  { kind: 'tags', table: 'wechat_tag_changes', where: ofFans },
  { kind: 'tags', table: 'tag_link_looks', where: ofFans },
  { kind: 'tags', table: 'tag_member_readings', where: ofFans },
  { kind: 'allowances', table: 'mass_allowances', where: ofFans },
  { kind: 'allowances', table: 'outside_send_fans', where: ofFans },
  { kind: 'allowances', table: 'service_windows', where: ofFans },
  { kind: 'allowances', table: 'fan_blocks', where: ofFans },
  { kind: 'events', table: 'fan_last_acts', where: ofFans },
  { kind: 'allowances', table: 'reply_limits', where: ofFans },
  { kind: 'events', table: 'reply_people', where: ofFans },
  { kind: 'allowances', table: 'delivery_receipts', where: ofFans },
  { kind: 'consents', table: 'contact_suppressions', where: ofContacts('contact_id') },
  { kind: 'consents', table: 'subscription_grants', where: ofFans },
  { kind: 'consents', table: 'subscription_answers', where: ofFans },
  { kind: 'listMembers', table: 'fan_list_members', where: ofFans },
  { kind: 'listMembers', table: 'people_import_members', where: ofContacts('contact_id') },
  { kind: 'events', table: 'qr_scans', where: ofFans },
  { kind: 'events', table: 'campaign_people', where: ofContacts('contact_id') },
  { kind: 'events', table: 'backtest_people', where: ofContacts('contact_id') },
  {
    kind: 'merges',
    table: 'contact_merges',
    where: ({ contactIds }) =>
      sql<boolean>`source_id = any(${contactIds}::bigint[]) or target_id = any(${contactIds}::bigint[])`,
  },
  {
    kind: 'merges',
    table: 'contact_reviews',
    where: ({ contactIds }) =>
      sql<boolean>`contact_a = any(${contactIds}::bigint[]) or contact_b = any(${contactIds}::bigint[])`,
  },
]

export const eventsOf = ({ contactIds, fanIds }: Subject): RawBuilder<boolean> =>
  sql<boolean>`(contact_id = any(${contactIds}::bigint[]) or fan_id = any(${fanIds}::bigint[]))`
