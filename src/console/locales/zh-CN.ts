import { accounts } from './zh-CN/accounts.ts'
import { activities, goals, links } from './zh-CN/activities.ts'
import { answers } from './zh-CN/answers.ts'
import { attributes } from './zh-CN/attributes.ts'
import { audit } from './zh-CN/audit.ts'
import { backtests } from './zh-CN/backtests.ts'
import {
  audience,
  batches,
  broadcasts,
  compared,
  preflight,
  reasons,
  recipients,
  testSend,
  totals,
} from './zh-CN/broadcasts.ts'
import { campaigns } from './zh-CN/campaigns.ts'
import { registry, rejections, shop, sources } from './zh-CN/collection.ts'
import { articles, composer, cover, images, media } from './zh-CN/contents.ts'
import { events, fans, lists } from './zh-CN/customers.ts'
import { datasets } from './zh-CN/datasets.ts'
import { advice, errors } from './zh-CN/errors.ts'
import { exports } from './zh-CN/exports.ts'
import { imports } from './zh-CN/imports.ts'
import { limits } from './zh-CN/limits.ts'
import { massBudget } from './zh-CN/mass-budget.ts'
import { massFollowing } from './zh-CN/mass-following.ts'
import { massGroups } from './zh-CN/mass-groups.ts'
import { massOutside } from './zh-CN/mass-outside.ts'
import { massRecords } from './zh-CN/mass-records.ts'
import { massTests } from './zh-CN/mass-tests.ts'
import { materialUses, usable } from './zh-CN/material-uses.ts'
import { materials } from './zh-CN/materials.ts'
import { menus } from './zh-CN/menus.ts'
import { messages } from './zh-CN/messages.ts'
import { miniPrograms } from './zh-CN/mini-programs.ts'
import { apiKeys, entrance, operators, profile } from './zh-CN/operators.ts'
import { apiPage, overview, sandbox } from './zh-CN/overview.ts'
import { people, privacy } from './zh-CN/people.ts'
import { publishing } from './zh-CN/publishing.ts'
import { qrCodes } from './zh-CN/qr-codes.ts'
import { recalls } from './zh-CN/recalls.ts'
import { replies } from './zh-CN/replies.ts'
import { segmentWords } from './zh-CN/segment-words.ts'
import { segments } from './zh-CN/segments.ts'
import { common, nav, roles, rolesHint, runs, shell, states } from './zh-CN/shell.ts'
import { tags } from './zh-CN/tags.ts'
import { consents, templates } from './zh-CN/templates.ts'

/** Every text of the console. English is checked against this shape, so a missing text fails the type check. */
export const zhCN = {
  accounts,
  activities,
  advice,
  answers,
  apiKeys,
  apiPage,
  articles,
  publishing,
  attributes,
  audience,
  audit,
  backtests,
  batches,
  broadcasts,
  campaigns,
  common,
  compared,
  composer,
  consents,
  cover,
  datasets,
  entrance,
  errors,
  events,
  exports,
  fans,
  goals,
  images,
  imports,
  limits,
  links,
  lists,
  massRecords,
  massBudget,
  massGroups,
  massOutside,
  massFollowing,
  massTests,
  materials,
  materialUses,
  media,
  menus,
  messages,
  miniPrograms,
  nav,
  operators,
  overview,
  people,
  preflight,
  privacy,
  profile,
  qrCodes,
  reasons,
  recalls,
  recipients,
  registry,
  rejections,
  replies,
  roles,
  rolesHint,
  runs,
  sandbox,
  segmentWords,
  segments,
  shell,
  shop,
  sources,
  states,
  tags,
  templates,
  testSend,
  totals,
  usable,
}
export type Texts = typeof zhCN
