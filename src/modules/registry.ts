import { accountsModule } from './accounts/module.ts'
import { activitiesModule } from './activities/module.ts'
import { articleFiguresModule } from './article-figures/module.ts'
import { auditModule } from './audit/module.ts'
import { autoRepliesModule } from './auto-replies/module.ts'
import { backtestsModule } from './backtests/module.ts'
import { broadcastsModule } from './broadcasts/module.ts'
import { campaignsModule } from './campaigns/module.ts'
import { consentsModule } from './consents/module.ts'
import { contactsModule } from './contacts/module.ts'
import { contentsModule } from './contents/module.ts'
import { datasetsModule } from './datasets/module.ts'
import { deliveriesModule } from './deliveries/module.ts'
import { goalsModule } from './goals/module.ts'
import { ingestModule } from './ingest/module.ts'
import { linksModule } from './links/module.ts'
import type { Manifest } from './manifest.ts'
import { menusModule } from './menus/module.ts'
import { messagesModule } from './messages/module.ts'
import { miniProgramsModule } from './mini-programs/module.ts'
import { operatorsModule } from './operators/module.ts'
import { privacyModule } from './privacy/module.ts'
import { qrCodesModule } from './qr-codes/module.ts'
import { recallsModule } from './recalls/module.ts'
import { runsModule } from './runs/module.ts'
import { sandboxModule } from './sandbox/module.ts'
import { segmentsModule } from './segments/module.ts'
import { sourcesModule } from './sources/module.ts'
import { tagsModule } from './tags/module.ts'
import { templatesModule } from './templates/module.ts'
import { trackersModule } from './trackers/module.ts'
import { transfersModule } from './transfers/module.ts'

/** Every module in order of dependency: one may import from those before it, never from those after. */
export const modules: readonly Manifest[] = [
  auditModule,
  operatorsModule,
  runsModule,
  accountsModule,
  miniProgramsModule,
  activitiesModule,
  contactsModule,
  tagsModule,
  trackersModule,
  sourcesModule,
  ingestModule,
  datasetsModule,
  segmentsModule,
  contentsModule,
  templatesModule,
  consentsModule,
  messagesModule,
  linksModule,
  deliveriesModule,
  goalsModule,
  articleFiguresModule,
  broadcastsModule,
  campaignsModule,
  autoRepliesModule,
  menusModule,
  qrCodesModule,
  recallsModule,
  backtestsModule,
  transfersModule,
  privacyModule,
  sandboxModule,
]
