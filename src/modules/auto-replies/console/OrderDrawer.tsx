import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  HolderOutlined,
  VerticalAlignTopOutlined,
} from '@ant-design/icons'
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
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable'
import { CSS } from '@dnd-kit/utilities'
import { Button, Drawer } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import {
  getReplyRuleEndpoint,
  listReplyRulesEndpoint,
  orderReplyRulesEndpoint,
  type ReplyRule,
  testReplyEndpoint,
} from '../schema.ts'
import type { MadeKind } from './tabs.ts'
import { KeywordTags } from './words.tsx'

/** As many as can have a priority of their own. */
const MOST = 200

/** Which rule is tried before which, where several fit. */
export function OrderDrawer({ kind, open, onClose }: { kind: MadeKind; open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer open={open} size={520} title={t('replies.order.title')} destroyOnHidden onClose={onClose}>
      {open && <Order kind={kind} onClose={onClose} />}
    </Drawer>
  )
}

function Order({ kind, onClose }: { kind: MadeKind; onClose: () => void }) {
  const accountId = useAccountId()
  const query = useEndpoint(listReplyRulesEndpoint, { params: { accountId }, query: { kind, limit: MOST } })
  return <Loaded query={query}>{({ items }) => <Rules rules={items} onClose={onClose} />}</Loaded>
}

function Rules({ rules, onClose }: { rules: readonly ReplyRule[]; onClose: () => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [ids, setIds] = useState(() => rules.map(({ id }) => id))
  const save = useEndpointMutation(orderReplyRulesEndpoint, {
    invalidates: [listReplyRulesEndpoint, getReplyRuleEndpoint, testReplyEndpoint],
    success: t('common.saved'),
    onSuccess: onClose,
  })
  const move = (from: number, to: number) => setIds((before) => arrayMove(before, from, to))
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 5 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  )
  const drop = ({ active, over }: DragEndEvent) => {
    const [from, to] = [ids.indexOf(String(active.id)), ids.indexOf(String(over?.id))]
    if (from >= 0 && to >= 0 && from !== to) move(from, to)
  }
  if (rules.length === 0) return <EmptyState compact title={t('replies.order.empty')} />
  return (
    <>
      <p className="w-soft">{t('replies.order.hint')}</p>
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop}>
        <SortableContext items={ids} strategy={verticalListSortingStrategy}>
          <ol className="w-reply-order">
            {ids.map((id, place) => {
              const rule = rules.find((one) => one.id === id)
              return rule && <Row key={id} rule={rule} place={place} count={ids.length} move={move} />
            })}
          </ol>
        </SortableContext>
      </DndContext>
      <Button
        type="primary"
        loading={save.isPending}
        onClick={() => save.mutate({ params: { accountId }, body: { ids } })}
      >
        {t('replies.order.save')}
      </Button>
    </>
  )
}

type RowProps = { rule: ReplyRule; place: number; count: number; move: (from: number, to: number) => void }

/** Drawn by its handle, by mouse or keys, or moved by its buttons. */
function Row({ rule, place, count, move }: RowProps) {
  const { t } = useTranslation()
  const { name } = rule
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({
    id: rule.id,
  })
  const button = (what: 'first' | 'up' | 'down', icon: ReactNode, to: number) => (
    <Button
      type="text"
      size="small"
      icon={icon}
      aria-label={t(`replies.order.${what}`, { name })}
      disabled={to < 0 || to >= count || to === place}
      onClick={() => move(place, to)}
    />
  )
  return (
    <li
      ref={setNodeRef}
      className={isDragging ? 'w-sort-dragged' : ''}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      <button
        type="button"
        className="w-sort-handle"
        aria-label={t('replies.order.drag', { name })}
        {...attributes}
        {...listeners}
      >
        <HolderOutlined />
      </button>
      <span className="w-faint">{place + 1}</span>
      <div>
        {name}
        {rule.keywords.length > 0 && <KeywordTags keywords={rule.keywords} />}
      </div>
      {button('first', <VerticalAlignTopOutlined />, 0)}
      {button('up', <ArrowUpOutlined />, place - 1)}
      {button('down', <ArrowDownOutlined />, place + 1)}
    </li>
  )
}
