import { LoadingState } from '../../../../console/ui/states.tsx'
import type { Broadcast } from '../../schema.ts'
import { ContentPhone } from '../edit/ContentPhone.tsx'
import { useDraftOf } from '../edit/use-draft.ts'
import '../edit/edit.css'

export function ContentTab({ broadcast }: { broadcast: Broadcast }) {
  const draft = useDraftOf(broadcast)
  return draft === undefined ? <LoadingState rows={4} /> : <ContentPhone draft={draft} />
}
