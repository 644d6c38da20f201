import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { campaignState } from '../../campaigns/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)

export const listCallableCampaignsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/reply-campaigns',
  access: 'replies:read',
  tag: 'auto replies',
  summary: 'Campaigns of the account that an answer can start: they wait to be called, and are not over',
  params: z.object({ accountId: id }),
  response: z.object({ items: z.array(z.object({ id, name: z.string(), state: campaignState })) }),
})
