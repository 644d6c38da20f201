import { type Manifest, route, streamRoute } from '../manifest.ts'
import { TEMPLATES_TOPIC } from '../templates/index.ts'
import { ANSWERS, adoptAnswers, bookAnswers, GRANTS_REACTION } from './book.ts'
import * as pages from './pages/commands.ts'
import { openSubscribePage } from './pages/open.ts'
import { consentsOfContact, listSubscribers, listSubscriptions } from './reads.ts'
import * as schema from './schema.ts'

export const consentsModule: Manifest = {
  name: 'consents',
  routes: [
    route(schema.listSubscriptionsEndpoint, async (ctx, { params }) => ({
      items: await listSubscriptions(ctx, params.accountId),
    })),
    route(schema.listSubscribersEndpoint, (ctx, { params, query }) => listSubscribers(ctx, params, query)),
    route(schema.contactConsentsEndpoint, (ctx, { params }) => consentsOfContact(ctx, params.contactId)),
    route(schema.listSubscribePagesEndpoint, (ctx, { params, query }) =>
      pages.listSubscribePages(ctx, params.accountId, query),
    ),
    route(schema.createSubscribePageEndpoint, (ctx, { params, body }) =>
      pages.createSubscribePage(ctx, params.accountId, body),
    ),
    route(schema.updateSubscribePageEndpoint, (ctx, { params, body }) =>
      pages.updateSubscribePage(ctx, params, body),
    ),
    route(schema.archiveSubscribePageEndpoint, (ctx, { params }) => pages.archiveSubscribePage(ctx, params)),
    streamRoute(schema.openSubscribePageEndpoint, openSubscribePage),
  ],
  reactions: [
    {
      name: GRANTS_REACTION,
      events: ANSWERS,
      // a message may wait for the consent that was just given
      prompt: true,
      react: (_ctx, events, trx) => bookAnswers(trx, events),
    },
  ],
  sweeps: [{ name: 'consents.adopt', everyMs: 30_000, topic: TEMPLATES_TOPIC, run: adoptAnswers }],
}
