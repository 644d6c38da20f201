import { HolderOutlined } from '@ant-design/icons'
import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import {
  rectSortingStrategy,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable'
import { CSS } from '@dnd-kit/utilities'
import type { ReactNode } from 'react'

/** A press is a click until the pointer has gone so far; pixels. */
const DRAG_FROM = 5

type SortingProps = {
  ids: readonly string[]
  /** From one place to another, both of `ids`. */
  onMove: (from: number, to: number) => void
  /** Side by side, in lines; else one below the other. */
  wraps?: boolean
  children: ReactNode
}

/** What stands in an order that is drawn by handles, by pointer or keys. */
export function Sorting({ ids, onMove, wraps = false, children }: SortingProps) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_FROM } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  )
  const drop = ({ active, over }: DragEndEvent) => {
    const [from, to] = [ids.indexOf(String(active.id)), ids.indexOf(String(over?.id))]
    if (from >= 0 && to >= 0 && from !== to) onMove(from, to)
  }
  return (
    <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop}>
      <SortableContext items={[...ids]} strategy={wraps ? rectSortingStrategy : verticalListSortingStrategy}>
        {children}
      </SortableContext>
    </DndContext>
  )
}

/** One of them: `place` is for its element, the handle stands somewhere in it. */
export function useSorted(id: string, className = '') {
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({ id })
  const style = { transform: CSS.Translate.toString(transform), transition }
  return {
    place: { ref: setNodeRef, style, className: isDragging ? `${className} w-sort-dragged` : className },
    handle: (label: string) => (
      <button type="button" className="w-sort-handle" aria-label={label} {...attributes} {...listeners}>
        <HolderOutlined />
      </button>
    ),
  }
}
