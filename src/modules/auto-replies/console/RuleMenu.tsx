import { MoreOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import {
  deleteReplyRuleEndpoint,
  listReplyRulesEndpoint,
  type ReplyRule,
  testReplyEndpoint,
} from '../schema.ts'
import { FiguresDrawer } from './FiguresDrawer.tsx'
import { pageOfRule } from './owner.ts'

/** What else can be done with a rule. */
export function RuleMenu({ rule }: { rule: ReplyRule }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('replies:write')
  const [deleting, setDeleting] = useState(false)
  const [figures, setFigures] = useState(false)
  const remove = useEndpointMutation(deleteReplyRuleEndpoint, {
    invalidates: [listReplyRulesEndpoint, testReplyEndpoint],
    success: t('common.deleted'),
    onSuccess: () => setDeleting(false),
  })
  const own = rule.owner === null
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            {
              key: 'edit',
              label: t(own ? 'common.edit' : 'replies.toOwner'),
              disabled: own && !mayWrite,
              onClick: () => void navigate(pageOfRule(accountId, rule)),
            },
            { key: 'figures', label: t('replies.figures.open'), onClick: () => setFigures(true) },
            ...(own
              ? [
                  {
                    key: 'delete',
                    danger: true,
                    label: t('common.delete'),
                    disabled: !mayWrite,
                    onClick: () => setDeleting(true),
                  },
                ]
              : []),
          ],
        }}
      >
        <Button type="text" icon={<MoreOutlined />} aria-label={t('replies.moreOf', { name: rule.name })} />
      </Dropdown>
      <FiguresDrawer rule={rule} open={figures} onClose={() => setFigures(false)} />
      <ConfirmWithNumbers
        open={deleting}
        danger
        title={t('replies.deleteAsk', { name: rule.name })}
        numbers={[
          { label: t('replies.form.keywords'), value: format.number(rule.keywords.length) },
          { label: t('answers.replies'), value: format.number(rule.answer.replies.length) },
          { label: t('replies.form.accounts'), value: format.number(rule.accountIds.length) },
        ].filter((_, index) => index > 0 || rule.kind === 'keyword')}
        note={t('replies.deleteNote')}
        okText={t('common.delete')}
        busy={remove.isPending}
        onCancel={() => setDeleting(false)}
        onConfirm={() => remove.mutate({ params: { accountId, replyRuleId: rule.id } })}
      />
    </>
  )
}
