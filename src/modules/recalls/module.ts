import { type Manifest, route } from '../manifest.ts'
import { createRule, limitOf, updateRule } from './commands/save.ts'
import { deleteRule, switchRule } from './commands/state.ts'
import { figuresOf, nextSteps } from './figures.ts'
import { estimate, numbersOf } from './numbers.ts'
import { peopleOfRule } from './people.ts'
import { readDetail, readRules, ruleOf } from './present.ts'
import { recallReturns } from './returns.ts'
import * as schema from './schema.ts'
import { listVersions } from './store/rules.ts'
import { nextRecallDue, recallTurns } from './turns.ts'
import { whyOf } from './why.ts'

const keyOf = ({ accountId, recallId }: { accountId: string; recallId: string }) => ({
  accountId,
  ruleId: recallId,
})

export const recallsModule: Manifest = {
  name: 'recalls',
  routes: [
    route(schema.listRecallRulesEndpoint, async (ctx, { params }) => ({
      items: await readRules(ctx, params.accountId),
      limit: ctx.config.recallRules === null ? null : limitOf(ctx),
    })),
    route(schema.createRecallRuleEndpoint, (ctx, { params, body }) =>
      createRule(ctx, params.accountId, body),
    ),
    route(schema.getRecallRuleEndpoint, (ctx, { params }) => readDetail(ctx, keyOf(params))),
    route(schema.updateRecallRuleEndpoint, (ctx, { params, body }) => updateRule(ctx, keyOf(params), body)),
    route(schema.deleteRecallRuleEndpoint, async (ctx, { params }) => {
      await deleteRule(ctx, keyOf(params))
      return {}
    }),
    route(schema.switchRecallRuleEndpoint, (ctx, { params, body }) =>
      switchRule(ctx, keyOf(params), body.on),
    ),
    route(schema.estimateRecallEndpoint, (ctx, { params, body }) => estimate(ctx, params.accountId, body)),
    route(schema.recallNumbersEndpoint, (ctx, { params }) => numbersOf(ctx, params.accountId)),
    route(schema.recallFiguresEndpoint, (ctx, { params, query }) => figuresOf(ctx, params.accountId, query)),
    route(schema.recallPeopleEndpoint, (ctx, { params, query }) => peopleOfRule(ctx, keyOf(params), query)),
    route(schema.recallNextEndpoint, (ctx, { params, query }) => nextSteps(ctx, keyOf(params), query)),
    route(schema.recallVersionsEndpoint, async (ctx, { params }) => {
      const { id } = await ruleOf(ctx, keyOf(params))
      const items = await listVersions(ctx.db, id)
      return { items: items.map((row) => ({ ...row, changedAt: row.changedAt.toISOString() })) }
    }),
    route(schema.recallWhyEndpoint, (ctx, { params }) =>
      whyOf(ctx, { ...keyOf(params), contactId: params.contactId }),
    ),
  ],
  sweeps: [recallTurns],
  reactions: [recallReturns],
  nextDue: nextRecallDue,
}
