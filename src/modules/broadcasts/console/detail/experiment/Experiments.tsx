import type { Broadcast } from '../../../schema.ts'
import { ExperimentCard } from './ExperimentCard.tsx'
import { LiftCard } from './LiftCard.tsx'
import './experiment.css'

/** The A/B tests and hold-outs of a send, by group; nothing before it is confirmed. */
export function Experiments({ broadcast }: { broadcast: Broadcast }) {
  if (broadcast.confirmedAt === null) return null
  return broadcast.groups.flatMap((group) => [
    group.test !== null && <ExperimentCard key={`test-${group.place}`} broadcast={broadcast} group={group} />,
    group.heldOut > 0 && <LiftCard key={`lift-${group.place}`} broadcast={broadcast} group={group} />,
  ])
}
