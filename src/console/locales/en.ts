import { accounts } from './en/accounts.ts'
import { attributes } from './en/attributes.ts'
import { audit } from './en/audit.ts'
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
import { registry, rejections, shop, sources } from './en/collection.ts'
import { articles, composer, cover, images } from './en/contents.ts'
import { events, fans, lists } from './en/customers.ts'
import { datasets } from './en/datasets.ts'
import { advice, errors } from './en/errors.ts'
import { exports } from './en/exports.ts'
import { imports } from './en/imports.ts'
import { miniPrograms } from './en/mini-programs.ts'
import { apiKeys, entrance, operators, profile } from './en/operators.ts'
import { apiPage, overview, sandbox } from './en/overview.ts'
import { people, privacy } from './en/people.ts'
import { segmentWords } from './en/segment-words.ts'
import { segments } from './en/segments.ts'
import { common, nav, roles, rolesHint, runs, shell, states } from './en/shell.ts'
import { tags } from './en/tags.ts'
import type { Texts } from './zh-CN.ts'

export const en: Texts = {
  accounts,
  advice,
  apiKeys,
  apiPage,
  articles,
  attributes,
  audience,
  audit,
  batches,
  broadcasts,
  common,
  compared,
  composer,
  cover,
  datasets,
  entrance,
  errors,
  events,
  exports,
  fans,
  images,
  imports,
  lists,
  miniPrograms,
  nav,
  operators,
  overview,
  people,
  preflight,
  privacy,
  profile,
  reasons,
  recipients,
  registry,
  rejections,
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
  testSend,
  totals,
}
