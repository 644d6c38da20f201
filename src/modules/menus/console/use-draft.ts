import { useCallback, useState } from 'react'
import type { MenuDraft, MenusView } from '../schema.ts'

type Draft = { revision: number; menus: MenuDraft[] }

/** What is being edited, from what was saved; another's save shows only where nothing was touched here. */
export function useDraft(view: MenusView | undefined) {
  const [draft, setDraft] = useState<Draft | null>(null)
  const menus = draft?.menus ?? view?.menus ?? []
  const revision = draft?.revision ?? view?.revision ?? 0
  const edit = useCallback(
    (next: MenuDraft[]) =>
      setDraft((before) => ({ revision: before?.revision ?? view?.revision ?? 0, menus: next })),
    [view?.revision],
  )
  return { menus, revision, isDirty: draft !== null, edit, settle: () => setDraft(null) }
}
