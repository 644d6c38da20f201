import { accounts } from './en/accounts.ts'
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
import { articles, composer, cover, images } from './en/contents.ts'
import { events, fans, lists, tags } from './en/customers.ts'
import { advice, errors } from './en/errors.ts'
import { miniPrograms } from './en/mini-programs.ts'
import { apiKeys, entrance, operators, profile } from './en/operators.ts'
import { apiPage, overview, sandbox } from './en/overview.ts'
import { common, nav, roles, rolesHint, runs, shell, states } from './en/shell.ts'
import type { Texts } from './zh-CN.ts'

export const en: Texts = {
  accounts,
  advice,
  apiKeys,
  apiPage,
  articles,
  audience,
  audit,
  batches,
  broadcasts,
  common,
  compared,
  composer,
  cover,
  entrance,
  errors,
  events,
  fans,
  images,
  lists,
  miniPrograms,
  nav,
  operators,
  overview,
  preflight,
  profile,
  reasons,
  recipients,
  roles,
  rolesHint,
  runs,
  sandbox,
  shell,
  states,
  tags,
  testSend,
  totals,
}
