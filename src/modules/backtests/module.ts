import { type Manifest, route } from '../manifest.ts'
import { cancelBacktest, createBacktest, PLAY_BACKTEST } from './commands.ts'
import { listBacktests, readBacktest, samplePeople } from './present.ts'
import { runBacktest } from './run.ts'
import * as schema from './schema.ts'

/** 回测: a rule played over what is on record, to see whom it would have reached. */
export const backtestsModule: Manifest = {
  name: 'backtests',
  routes: [
    route(schema.listBacktestsEndpoint, (ctx, { params, query }) =>
      listBacktests(ctx, params.accountId, query),
    ),
    route(schema.createBacktestEndpoint, (ctx, { params, body }) =>
      createBacktest(ctx, params.accountId, body),
    ),
    route(schema.getBacktestEndpoint, (ctx, { params }) => readBacktest(ctx, params)),
    route(schema.backtestPeopleEndpoint, (ctx, { params, query }) => samplePeople(ctx, params, query)),
    route(schema.cancelBacktestEndpoint, (ctx, { params }) => cancelBacktest(ctx, params)),
  ],
  jobs: {
    [PLAY_BACKTEST]: (ctx, payload, signal) => runBacktest(ctx, payload['runId'] ?? '', signal),
  },
}
