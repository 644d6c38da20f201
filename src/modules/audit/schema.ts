import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'

export const auditEntry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  actorKind: z.enum(['operator', 'api-key', 'system']),
  actorName: z.string(),
  action: z.string(),
  accountId: z.string().nullable(),
  accountName: z.string().nullable(),
  subjectKind: z.string().nullable(),
  subjectId: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
})
export type AuditEntry = z.infer<typeof auditEntry>

export const listAuditEntriesEndpoint = endpoint({
  method: 'GET',
  path: '/api/audit',
  access: 'audit:read',
  summary: 'Who did what, newest first',
  tag: 'audit',
  query: pageQuery.extend({
    accountId: z.string().regex(/^\d+$/).optional(),
    action: z.string().max(80).optional(),
    actor: z.string().max(60).optional(),
    subjectKind: z.string().max(40).optional(),
    subjectId: z.string().max(40).optional(),
    from: z.iso.datetime().optional(),
    to: z.iso.datetime().optional(),
  }),
  response: page(auditEntry),
})
