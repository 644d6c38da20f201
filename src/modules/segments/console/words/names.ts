/** What the names and ids in a rule are called on screen. Whoever knows none answers with what was asked. */
export type RuleNames = {
  account(id: string): string
  attribute(key: string): string
  ownTag(id: string): string
  wechatTag(accountId: string, tagId: number): string
  event(name: string): string
  property(event: string, property: string): string
  dataset(key: string): string
  field(dataset: string, level: 'row' | 'line', field: string): string
  segment(id: string): string
  broadcast(id: string): string
  /** One record of a mass send, by its number in it. */
  record(broadcastId: string, arm: number): string
  activity(id: string): string
  campaign(id: string): string
  scene(code: string): string
}

/** Names for where nothing is known: ids and keys as they are. */
export const plainNames: RuleNames = {
  account: (id) => `#${id}`,
  attribute: (key) => key,
  ownTag: (id) => `#${id}`,
  wechatTag: (_accountId, tagId) => `#${tagId}`,
  event: (name) => name,
  property: (_event, property) => property,
  dataset: (key) => key,
  field: (_dataset, _level, field) => field,
  segment: (id) => `#${id}`,
  broadcast: (id) => `#${id}`,
  record: (_broadcastId, arm) => `#${arm + 1}`,
  activity: (id) => `#${id}`,
  campaign: (id) => `#${id}`,
  scene: (code) => code,
}
