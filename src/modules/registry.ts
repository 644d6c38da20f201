import { accountsModule } from './accounts/module.ts'
import { auditModule } from './audit/module.ts'
import { broadcastsModule } from './broadcasts/module.ts'
import { contactsModule } from './contacts/module.ts'
import { contentsModule } from './contents/module.ts'
import { ingestModule } from './ingest/module.ts'
import type { Manifest } from './manifest.ts'
import { miniProgramsModule } from './mini-programs/module.ts'
import { operatorsModule } from './operators/module.ts'
import { runsModule } from './runs/module.ts'
import { sandboxModule } from './sandbox/module.ts'
import { tagsModule } from './tags/module.ts'

/** Every module in order of dependency: one may import from those before it, never from those after. */
export const modules: readonly Manifest[] = [
  auditModule,
  operatorsModule,
  runsModule,
  accountsModule,
  miniProgramsModule,
  contactsModule,
  tagsModule,
  ingestModule,
  contentsModule,
  broadcastsModule,
  sandboxModule,
]
