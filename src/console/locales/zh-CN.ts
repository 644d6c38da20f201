import { accounts } from './zh-CN/accounts.ts'
import { audit } from './zh-CN/audit.ts'
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
import { articles, composer, cover, images } from './zh-CN/contents.ts'
import { events, fans, lists, tags } from './zh-CN/customers.ts'
import { advice, errors } from './zh-CN/errors.ts'
import { miniPrograms } from './zh-CN/mini-programs.ts'
import { apiKeys, entrance, operators, profile } from './zh-CN/operators.ts'
import { apiPage, overview, sandbox } from './zh-CN/overview.ts'
import { common, nav, roles, rolesHint, runs, shell, states } from './zh-CN/shell.ts'

/** Every text of the console. English is checked against this shape, so a missing text fails the type check. */
export const zhCN = {
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
export type Texts = typeof zhCN
