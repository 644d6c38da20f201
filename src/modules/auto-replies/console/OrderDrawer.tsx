import { ArrowDownOutlined, ArrowUpOutlined, VerticalAlignTopOutlined } from '@ant-design/icons'
import { arrayMove } from '@dnd-kit/sortable'
import { Button, Drawer } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { Sorting, useSorted } from '../../../console/ui/Sorting.tsx'
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
  if (rules.length === 0) return <EmptyState compact title={t('replies.order.empty')} />
  return (
    <>
      <p className="w-soft">{t('replies.order.hint')}</p>
      <Sorting ids={ids} onMove={move}>
        <ol className="w-reply-order">
          {ids.map((id, place) => {
            const rule = rules.find((one) => one.id === id)
            return rule && <Row key={id} rule={rule} place={place} count={ids.length} move={move} />
          })}
        </ol>
      </Sorting>
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
  const sorted = useSorted(rule.id)
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
    <li {...sorted.place}>
      {sorted.handle(t('replies.order.drag', { name }))}
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
