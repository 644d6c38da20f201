import { type Manifest, route } from '../manifest.ts'
import { importMenus } from './commands/import.ts'
import { lookAtMenus, PUBLISH_MENUS, publishMenus, removeMenus } from './commands/publish.ts'
import { saveMenus } from './commands/save.ts'
import { tryMenu } from './commands/try.ts'
import { menuFigures, menuPeople } from './figures.ts'
import { listPublications, readMenus } from './present.ts'
import { runPublish } from './publish.ts'
import * as schema from './schema.ts'
import { menuTaps } from './taps.ts'

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
    route(schema.tryMenuEndpoint, (ctx, { params, body }) => tryMenu(ctx, params.accountId, body.fanId)),
    route(schema.importMenusEndpoint, (ctx, { params }) => importMenus(ctx, params.accountId)),
    route(schema.menuFiguresEndpoint, (ctx, { params, query }) => menuFigures(ctx, params.accountId, query)),
    route(schema.menuPeopleEndpoint, (ctx, { params, query }) => menuPeople(ctx, params.accountId, query)),
  ],
  reactions: [menuTaps],
  jobs: {
    [PUBLISH_MENUS]: (ctx, payload, signal) => runPublish(ctx, payload['runId'] ?? '', signal),
  },
}
