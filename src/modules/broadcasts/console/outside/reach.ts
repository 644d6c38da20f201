import type { OutsideReach } from '../../schema.ts'

export const REACH_KINDS = ['all', 'tag', 'segment', 'list', 'unknown'] as const
type ReachKind = (typeof REACH_KINDS)[number]

/** An answer as it is filled in. */
export type ReachDraft = {
  kind: ReachKind
  tagId: number | null
  segmentId: string | null
  listId: string | null
}
export const NO_REACH: ReachDraft = { kind: 'all', tagId: null, segmentId: null, listId: null }

/** Null until everything it needs is chosen. */
export function reachOf({ kind, tagId, segmentId, listId }: ReachDraft): OutsideReach | null {
  switch (kind) {
    case 'all':
    case 'unknown':
      return { kind }
    case 'tag':
      return tagId === null ? null : { kind, tagId }
    case 'segment':
      return segmentId === null ? null : { kind, segmentId }
    case 'list':
      return listId === null ? null : { kind, listId }
  }
}
