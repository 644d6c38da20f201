import { listCallable } from '../campaigns/index.ts'
import { type Manifest, route } from '../manifest.ts'
import { answerer } from './answerer.ts'
import * as rules from './commands/rules.ts'
import { listMisses, replyFigures } from './figures.ts'
import { followUp } from './follow-up/index.ts'
import { acceptImport, proposeImport } from './import/index.ts'
import { listRules } from './reads.ts'
import * as schema from './schema.ts'
import { tellRules } from './teller.ts'
import { testReply } from './tester.ts'

const of = ({ accountId, replyRuleId: ruleId }: { accountId: string; replyRuleId: string }) => ({
  accountId,
  ruleId,
})

export const autoRepliesModule: Manifest = {
  name: 'auto-replies',
  answerer,
  teller: tellRules,
  reactions: [followUp],
  routes: [
    route(schema.listReplyRulesEndpoint, (ctx, { params, query }) => listRules(ctx, { ...params, ...query })),
    route(schema.createReplyRuleEndpoint, (ctx, { params, body }) =>
      rules.createRule(ctx, params.accountId, body),
    ),
    route(schema.orderReplyRulesEndpoint, async (ctx, { params, body }) => {
      await rules.orderRules(ctx, params.accountId, body.ids)
      return {}
    }),
    route(schema.proposeImportEndpoint, (ctx, { params }) => proposeImport(ctx, params.accountId)),
    route(schema.acceptImportEndpoint, (ctx, { params, body }) => acceptImport(ctx, params.accountId, body)),
    route(schema.listCallableCampaignsEndpoint, async (ctx, { params }) => ({
      items: await listCallable(ctx.db, params.accountId),
    })),
    route(schema.getReplyRuleEndpoint, (ctx, { params }) => rules.readRule(ctx, of(params))),
    route(schema.updateReplyRuleEndpoint, (ctx, { params, body }) => rules.updateRule(ctx, of(params), body)),
    route(schema.deleteReplyRuleEndpoint, async (ctx, { params }) => {
      await rules.deleteRule(ctx, of(params))
      return {}
    }),
    route(schema.testReplyEndpoint, (ctx, { params, body }) =>
      testReply(ctx, params.accountId, body.push, body.at === undefined ? undefined : new Date(body.at)),
    ),
    route(schema.getReplyFiguresEndpoint, (ctx, { params, query }) => replyFigures(ctx, of(params), query)),
    route(schema.listReplyMissesEndpoint, (ctx, { params, query }) =>
      listMisses(ctx, params.accountId, query.days),
    ),
    route(schema.setReplyRuleStateEndpoint, (ctx, { params, body }) =>
      rules.switchRule(ctx, of(params), body.on),
    ),
  ],
}
