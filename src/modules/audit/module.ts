import { type Manifest, route } from '../manifest.ts'
import { listAuditEntriesEndpoint } from './schema.ts'
import { selectEntries } from './store.ts'

export const auditModule: Manifest = {
  name: 'audit',
  routes: [
    route(listAuditEntriesEndpoint, (ctx, { query }) =>
      selectEntries(ctx.db, {
        ...query,
        visibleAccounts: ctx.actor.kind === 'system' ? null : ctx.actor.accounts,
      }),
    ),
  ],
}
