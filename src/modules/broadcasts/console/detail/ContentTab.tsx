import { useState } from 'react'
import { LoadingState } from '../../../../console/ui/states.tsx'
import type { Broadcast } from '../../schema.ts'
import { ContentPhone } from '../edit/ContentPhone.tsx'
import { shownOf } from '../edit/draft.ts'
import { VariantTabs } from '../edit/experiment/VariantTabs.tsx'
import { GroupTabs } from '../edit/Groups.tsx'
import { useFormOf } from '../edit/use-draft.ts'
import '../edit/edit.css'

export function ContentTab({ broadcast }: { broadcast: Broadcast }) {
  const [chosen, setChosen] = useState(0)
  const [variant, setVariant] = useState(0)
  const form = useFormOf(broadcast)
  const draft = form?.groups[chosen]
  if (form === undefined || draft === undefined) return <LoadingState rows={4} />
  const shown = Math.min(variant, (draft.test?.variants.length ?? 1) - 1)
  return (
    <>
      <GroupTabs groups={form.groups} chosen={chosen} onChoose={setChosen} />
      <VariantTabs test={draft.test} chosen={shown} onChoose={setVariant} />
      <ContentPhone draft={shownOf(draft, shown)} />
    </>
  )
}
