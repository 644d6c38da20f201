import { lookUp } from '../../../../console/ui/error-text.ts'

/** The name people gave an event, else ours, else the one it came with. */
export const titleOf = ({ name, displayName }: { name: string; displayName: string | null }): string =>
  displayName ?? lookUp('events.names', name) ?? name
