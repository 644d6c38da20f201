import type { Manifest } from '../manifest.ts'
import { nextDue } from './engine/next-due.ts'
import { engineReactions, engineRoutes, engineSweeps } from './engine/parts.ts'
import { windowsReaction } from './facts/index.ts'
import { limitRoutes } from './limits/routes.ts'

export const deliveriesModule: Manifest = {
  name: 'deliveries',
  routes: [...engineRoutes, ...limitRoutes],
  sweeps: [...engineSweeps],
  reactions: [windowsReaction, ...engineReactions],
  nextDue,
}
