import { getAccount } from '../accounts/index.ts'
import { type Manifest, route } from '../manifest.ts'
import { findingsOf, listLintRules, setBlocking } from './lint/settings.ts'
import { previewMessage } from './preview.ts'
import { factsOf } from './resolve.ts'
import { checkContent } from './rules.ts'
import * as schema from './schema.ts'

export const messagesModule: Manifest = {
  name: 'messages',
  routes: [
    route(schema.checkContentEndpoint, async (ctx, { params: { accountId }, body }) => {
      await getAccount(ctx, accountId)
      const facts = await factsOf(ctx, ctx.db, accountId, body.content)
      return {
        problems: checkContent(body.content, facts),
        findings: await findingsOf(ctx, ctx.db, accountId, body),
      }
    }),
    route(schema.previewMessageEndpoint, async (ctx, { params: { accountId }, body }) => {
      await getAccount(ctx, accountId)
      return previewMessage(ctx, accountId, body)
    }),
    route(schema.listLintRulesEndpoint, (ctx) => listLintRules(ctx)),
    route(schema.setLintRulesEndpoint, (ctx, { body }) => setBlocking(ctx, body.blocking)),
  ],
}
