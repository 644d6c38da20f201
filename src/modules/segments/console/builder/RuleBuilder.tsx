import { DndContext, PointerSensor, pointerWithin, useSensor, useSensors } from '@dnd-kit/core'
import { useMemo, useState } from 'react'
import type { Rule } from '../../schema/rule.ts'
import { useCatalogue } from '../names/use-catalogue.ts'
import { isWithinBounds, moveTo, type Path, pathKey } from '../rule/tree.ts'
import { BuilderContext, type Clause } from './context.ts'
import { NodeView } from './NodeView.tsx'
import { useProblems } from './use-problems.ts'
import './builder.css'

type Props = {
  value: Rule
  onChange: (rule: Rule) => void
  /** Offers tags, sends and segments of this account alone. */
  accountId?: string
  readOnly?: boolean
  /** Numbers beside each condition. */
  clauses?: readonly Clause[]
  total?: number
  /** What the server found wrong, by place. */
  refused?: readonly { path: readonly number[]; reason: string; detail?: Record<string, unknown> }[]
  /** The segment being edited: it can't name itself. */
  segmentId?: string
}

const NOTHING: readonly never[] = []

/**
 * Builds a rule 人群规则 out of sentences: nested 且/或/非 groups, moved by hand or by buttons. Whatever is half built is
 * passed on as it is; {@link problemsOf} says whether it can be asked.
 */
export function RuleBuilder({
  value,
  onChange,
  accountId,
  readOnly = false,
  clauses = NOTHING,
  total,
  refused = NOTHING,
  segmentId,
}: Props) {
  const catalogue = useCatalogue({ rule: value, accountId, segmentId })
  const [dragged, setDragged] = useState<Path | undefined>()
  const problems = useProblems(value, refused)
  const byPath = useMemo(() => new Map(clauses.map((one) => [pathKey(one.path), one])), [clauses])
  const apply = (change: (rule: Rule) => Rule) => {
    const next = change(value)
    if (next !== value && isWithinBounds(next)) onChange(next)
  }
  const allows = (change: (rule: Rule) => Rule) => {
    const next = change(value)
    return next !== value && isWithinBounds(next)
  }
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 4 } }))
  return (
    <BuilderContext.Provider
      value={{
        rule: value,
        catalogue,
        readOnly,
        problems,
        clauses: byPath,
        total,
        edit: apply,
        allows,
        dragged,
      }}
    >
      <DndContext
        sensors={sensors}
        collisionDetection={pointerWithin}
        onDragStart={({ active }) => setDragged(active.data.current?.['path'] as Path)}
        onDragCancel={() => setDragged(undefined)}
        onDragEnd={({ active, over }) => {
          setDragged(undefined)
          const from = active.data.current?.['path'] as Path | undefined
          const to = over?.data.current as { group: Path; index: number } | undefined
          if (from && to) apply((rule) => moveTo(rule, from, to.group, to.index))
        }}
      >
        <div className="w-rule">
          <NodeView path={[]} node={value} />
        </div>
      </DndContext>
    </BuilderContext.Provider>
  )
}
