import { notFound } from '../../kernel/errors.ts'
import { type Manifest, route } from '../manifest.ts'
import { getRun, requeueForsakenRuns } from './commands.ts'
import { getRunEndpoint, listRunsEndpoint } from './schema.ts'
import { hasLiveRun, selectRuns } from './store.ts'

export const runsModule: Manifest = {
  name: 'runs',
  routes: [
    route(listRunsEndpoint, (ctx, { params, query }) =>
      selectRuns(ctx.db, { ...query, accountId: params.accountId }),
    ),
    route(getRunEndpoint, async (ctx, { params }) => {
      const run = await getRun(ctx, params.runId)
      if (run.accountId !== params.accountId) throw notFound('run')
      return run
    }),
  ],
  sweeps: [{ name: 'runs.requeue', everyMs: 5_000, run: requeueForsakenRuns }],
  nextDue: async (ctx) => ({ dueAt: null, busy: await hasLiveRun(ctx.db) }),
}
