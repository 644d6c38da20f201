import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { keywordSchema } from './answer.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'auto replies'
const account = z.object({ accountId: id })
const imports = '/api/accounts/:accountId/reply-imports'
const key = z.string().min(1).max(60)

/** What is left behind of a rule: films, which WeChat tells the address of only, kinds nobody knows, more than an answer holds. */
export const importNote = z.enum(['video', 'unknown_kind', 'too_many', 'too_many_keywords', 'media_gone'])
export type ImportNote = z.infer<typeof importNote>

/** A rule of WeChat's own pages as it would be here. */
export const importProposal = z.object({
  /** Names it until the owner changes it there. */
  key,
  kind: z.enum(['keyword', 'follow', 'default']),
  name: z.string(),
  keywords: z.array(keywordSchema),
  mode: z.enum(['all', 'random']),
  /** What it says, by kind: the text, or the title of an article. None: nothing of it can be taken over. */
  replies: z.array(z.object({ kind: z.enum(['text', 'image', 'voice', 'news']), text: z.string() })),
  notes: z.array(importNote),
  /** Switched on at WeChat. */
  on: z.boolean(),
  /** A rule that answers the same here already. */
  here: z.object({ id, name: z.string() }).nullable(),
})
export type ImportProposal = z.infer<typeof importProposal>

export const MOST_ACCEPTED = 20

export const importResult = z.object({
  key,
  name: z.string(),
  ruleId: id.nullable(),
  /** Why there is no rule; `refused`: what was wrong is in `refusal`. */
  reason: z.enum(['already_here', 'gone_at_wechat', 'nothing_left', 'refused']).nullable(),
  refusal: z.string().nullable(),
  notes: z.array(importNote),
})
export type ImportResult = z.infer<typeof importResult>

export const proposeImportEndpoint = endpoint({
  method: 'POST',
  path: imports,
  access: 'replies:write',
  tag,
  summary: 'Reads the auto replies of WeChat’s own pages, and what they would be here; changes nothing',
  params: account,
  response: z.object({ proposals: z.array(importProposal) }),
})
export const acceptImportEndpoint = endpoint({
  method: 'POST',
  path: `${imports}/accept`,
  access: 'replies:write',
  tag,
  summary: 'Takes some of them over, one by one; what is here already is left alone, so it may be repeated',
  params: account,
  body: z.object({ keys: z.array(key).min(1).max(MOST_ACCEPTED), on: z.boolean().default(true) }),
  response: z.object({ results: z.array(importResult) }),
})
