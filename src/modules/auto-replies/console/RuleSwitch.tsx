import { Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import {
  getReplyRuleEndpoint,
  listReplyRulesEndpoint,
  type ReplyRule,
  setReplyRuleStateEndpoint,
  testReplyEndpoint,
} from '../schema.ts'

/** On or off, at once: it takes nothing back and can be turned again. */
export function RuleSwitch({ rule }: { rule: ReplyRule }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayWrite = useCan('replies:write')
  const change = useEndpointMutation(setReplyRuleStateEndpoint, {
    invalidates: [listReplyRulesEndpoint, getReplyRuleEndpoint, testReplyEndpoint],
  })
  return (
    <Switch
      checked={rule.state === 'on'}
      disabled={!mayWrite}
      loading={change.isPending}
      aria-label={t('replies.switchOf', { name: rule.name })}
      onChange={(on) => change.mutate({ params: { accountId, replyRuleId: rule.id }, body: { on } })}
    />
  )
}
