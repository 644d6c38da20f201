import { Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import {
  getRecallRuleEndpoint,
  listRecallRulesEndpoint,
  type RecallRule,
  type RuleNumbers,
  recallNumbersEndpoint,
  switchRecallRuleEndpoint,
} from '../schema.ts'

/** On or off, after a look at whom it is about. */
export function RuleSwitch({ rule, waiting }: { rule: RecallRule; waiting: RuleNumbers | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const canWrite = useCan('recalls:write')
  const [asking, setAsking] = useState(false)
  const change = useEndpointMutation(switchRecallRuleEndpoint, {
    invalidates: [listRecallRulesEndpoint, getRecallRuleEndpoint, recallNumbersEndpoint],
    onSuccess: () => setAsking(false),
  })
  const on = rule.state === 'on' && rule.paused === null
  const words = on ? 'switchOff' : 'switchOn'
  return (
    <>
      <Switch
        checked={on}
        disabled={!canWrite}
        aria-label={`${t('recalls.column.state')} ${rule.name}`}
        onChange={() => setAsking(true)}
      />
      <ConfirmWithNumbers
        open={asking}
        title={t(`recalls.${words}.title`, { name: rule.name })}
        numbers={[
          { label: t('recalls.column.waiting'), value: format.number(waiting?.waiting), strong: true },
          { label: t('recalls.estimate.reachable'), value: format.number(waiting?.reachable) },
        ]}
        note={t(`recalls.${words}.note`)}
        okText={t(`recalls.${words}.ok`)}
        busy={change.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() =>
          change.mutate({ params: { accountId: rule.accountId, recallId: rule.id }, body: { on: !on } })
        }
      />
    </>
  )
}
