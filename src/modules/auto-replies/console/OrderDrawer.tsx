import { ArrowDownOutlined, ArrowUpOutlined, VerticalAlignTopOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
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
  const move = (from: number, to: number) =>
    setIds((before) => before.toSpliced(from, 1).toSpliced(to, 0, ...before.slice(from, from + 1)))
  if (rules.length === 0) return <EmptyState compact title={t('replies.order.empty')} />
  return (
    <>
      <p className="w-soft">{t('replies.order.hint')}</p>
      <ol className="w-reply-order">
        {ids.map((id, place) => {
          const rule = rules.find((one) => one.id === id)
          if (rule === undefined) return null
          const { name } = rule
          return (
            <li key={id}>
              <span className="w-faint">{place + 1}</span>
              <div>
                {name}
                {rule.keywords.length > 0 && <KeywordTags keywords={rule.keywords} />}
              </div>
              <Button
                type="text"
                size="small"
                icon={<VerticalAlignTopOutlined />}
                aria-label={t('replies.order.first', { name })}
                disabled={place === 0}
                onClick={() => move(place, 0)}
              />
              <Button
                type="text"
                size="small"
                icon={<ArrowUpOutlined />}
                aria-label={t('replies.order.up', { name })}
                disabled={place === 0}
                onClick={() => move(place, place - 1)}
              />
              <Button
                type="text"
                size="small"
                icon={<ArrowDownOutlined />}
                aria-label={t('replies.order.down', { name })}
                disabled={place === ids.length - 1}
                onClick={() => move(place, place + 1)}
              />
            </li>
          )
        })}
      </ol>
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
