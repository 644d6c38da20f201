import { accountsModule } from './accounts/module.ts'
import { auditModule } from './audit/module.ts'
import { broadcastsModule } from './broadcasts/module.ts'
import { contactsModule } from './contacts/module.ts'
import { contentsModule } from './contents/module.ts'
import { datasetsModule } from './datasets/module.ts'
import { ingestModule } from './ingest/module.ts'
import type { Manifest } from './manifest.ts'
import { miniProgramsModule } from './mini-programs/module.ts'
import { operatorsModule } from './operators/module.ts'
import { privacyModule } from './privacy/module.ts'
import { runsModule } from './runs/module.ts'
import { sandboxModule } from './sandbox/module.ts'
import { segmentsModule } from './segments/module.ts'
import { sourcesModule } from './sources/module.ts'
import { tagsModule } from './tags/module.ts'
import { trackersModule } from './trackers/module.ts'
import { transfersModule } from './transfers/module.ts'

/** Every module in order of dependency: one may import from those before it, never from those after. */
export const modules: readonly Manifest[] = [
  auditModule,
  operatorsModule,
  runsModule,
  accountsModule,
  miniProgramsModule,
  contactsModule,
  tagsModule,
  trackersModule,
  sourcesModule,
  ingestModule,
  datasetsModule,
  segmentsModule,
  contentsModule,
  broadcastsModule,
  transfersModule,
  privacyModule,
  sandboxModule,
]
