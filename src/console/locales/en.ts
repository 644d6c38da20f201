import { accounts } from './en/accounts.ts'
import { activities, goals, links } from './en/activities.ts'
import { answers } from './en/answers.ts'
import { attributes } from './en/attributes.ts'
import { audit } from './en/audit.ts'
import { backtests } from './en/backtests.ts'
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
} from './en/broadcasts.ts'
import { campaigns } from './en/campaigns.ts'
import { registry, rejections, shop, sources } from './en/collection.ts'
import { articles, composer, cover, images, media } from './en/contents.ts'
import { events, fans, lists } from './en/customers.ts'
import { datasets } from './en/datasets.ts'
import { advice, errors } from './en/errors.ts'
import { exports } from './en/exports.ts'
import { imports } from './en/imports.ts'
import { limits } from './en/limits.ts'
import { massBudget } from './en/mass-budget.ts'
import { massFollowing } from './en/mass-following.ts'
import { massGroups } from './en/mass-groups.ts'
import { massOutside } from './en/mass-outside.ts'
import { massRecords } from './en/mass-records.ts'
import { massTests } from './en/mass-tests.ts'
import { materialUses, usable } from './en/material-uses.ts'
import { materials } from './en/materials.ts'
import { menus } from './en/menus.ts'
import { messages } from './en/messages.ts'
import { miniPrograms } from './en/mini-programs.ts'
import { apiKeys, entrance, operators, profile } from './en/operators.ts'
import { apiPage, overview, sandbox } from './en/overview.ts'
import { people, privacy } from './en/people.ts'
import { publishing } from './en/publishing.ts'
import { qrCodes } from './en/qr-codes.ts'
import { recalls } from './en/recalls.ts'
import { replies } from './en/replies.ts'
import { segmentWords } from './en/segment-words.ts'
import { segments } from './en/segments.ts'
import { common, nav, roles, rolesHint, runs, shell, states } from './en/shell.ts'
import { tags } from './en/tags.ts'
import { consents, templates } from './en/templates.ts'
import type { Texts } from './zh-CN.ts'

export const en: Texts = {
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
