import { type Manifest, route } from '../manifest.ts'
import { lookAtMenus, PUBLISH_MENUS, publishMenus, removeMenus } from './commands/publish.ts'
import { saveMenus } from './commands/save.ts'
import { listPublications, readMenus } from './present.ts'
import { runPublish } from './publish.ts'
import * as schema from './schema.ts'

/** 自定义菜单: the default and the conditional ones, edited here, published by comparing. */
export const menusModule: Manifest = {
  name: 'menus',
  routes: [
    route(schema.getMenusEndpoint, (ctx, { params }) => readMenus(ctx, params.accountId)),
    route(schema.lookAtMenusEndpoint, (ctx, { params }) => lookAtMenus(ctx, params.accountId)),
    route(schema.saveMenusEndpoint, (ctx, { params, body }) => saveMenus(ctx, params.accountId, body)),
    route(schema.publishMenusEndpoint, (ctx, { params, body }) => publishMenus(ctx, params.accountId, body)),
    route(schema.removeMenusEndpoint, (ctx, { params, body }) => removeMenus(ctx, params.accountId, body)),
    route(schema.listMenuPublicationsEndpoint, (ctx, { params, query }) =>
      listPublications(ctx, params.accountId, query),
    ),
  ],
  jobs: {
    [PUBLISH_MENUS]: (ctx, payload, signal) => runPublish(ctx, payload['runId'] ?? '', signal),
  },
}
