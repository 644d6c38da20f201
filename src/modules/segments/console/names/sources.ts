import { z } from 'zod'
import { useEndpoint } from '../../../../console/hooks.ts'
import { endpoint } from '../../../../kernel/endpoint.ts'
import { listOwnTagsEndpoint } from '../../../tags/schema.ts'
import { valueType } from '../../schema/rule.ts'

const listAttributes = endpoint({
  method: 'GET',
  path: '/api/attributes',
  access: 'contacts:read',
  tag: 'attributes',
  summary: '',
  query: z.object({ limit: z.number().optional() }),
  response: z.object({
    items: z.array(
      z.object({
        id: z.union([z.string(), z.number()]),
        key: z.string(),
        displayName: z.string().nullable(),
        type: valueType,
        options: z.array(z.string()),
      }),
    ),
  }),
})
const NONE: never[] = []
const KEEP = { staleMs: 60_000 }
export const useAttributes = () => useEndpoint(listAttributes, {}, KEEP).data?.items ?? NONE
export const useOwnTags = () => useEndpoint(listOwnTagsEndpoint, {}, KEEP).data?.items ?? NONE
