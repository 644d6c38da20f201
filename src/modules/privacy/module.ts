import { EVENTS } from '../ingest/schema.ts'
import { type Manifest, route } from '../manifest.ts'
import * as commands from './commands.ts'
import { eraseNext } from './erase.ts'
import { replayErasures } from './keep.ts'
import * as schema from './schema.ts'
import { forgetOnRequest, forgetThoseWhoLeft } from './unfollow.ts'

/** 隐私: erasing people on request everywhere, and what has to go by itself. */
export const privacyModule: Manifest = {
  name: 'privacy',
  routes: [
    route(schema.erasurePreviewEndpoint, (ctx, { params }) => commands.previewErasure(ctx, params.contactId)),
    route(schema.erasePersonEndpoint, (ctx, { params }) => commands.erasePerson(ctx, params.contactId)),
    route(schema.getErasureEndpoint, (ctx, { params }) => commands.getErasure(ctx, params.erasureId)),
    route(schema.listErasuresEndpoint, (ctx, { query }) => commands.listErasures(ctx, query)),
    route(schema.getPrivacySettingsEndpoint, (ctx) => commands.getSettings(ctx)),
    route(schema.updatePrivacySettingsEndpoint, (ctx, { body }) => commands.changeSettings(ctx, body)),
  ],
  sweeps: [
    { name: 'privacy.erase', everyMs: 5_000, topic: commands.ERASURES_TOPIC, run: eraseNext },
    { name: 'privacy.unfollowed', everyMs: 60_000, run: forgetThoseWhoLeft },
    { name: 'privacy.restored', everyMs: 60_000, run: replayErasures },
  ],
  reactions: [
    {
      name: 'privacy.requested',
      events: [EVENTS.privacyRequested],
      react: forgetOnRequest,
    },
  ],
}
