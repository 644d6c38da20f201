import { Alert, Modal, Radio, Select, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { ErrorState } from '../../../../console/ui/states.tsx'
import { listAuditEntriesEndpoint } from '../../../audit/schema.ts'
import {
  type Broadcast,
  getBroadcastEndpoint,
  listMassRecordsEndpoint,
  type WithdrawalPlan,
  withdrawalPlanEndpoint,
  withdrawBroadcastEndpoint,
} from '../../schema.ts'
import { useFormOf } from '../edit/use-draft.ts'
import { armName } from '../words.tsx'

type Props = { broadcast: Broadcast; open: boolean; onClose: () => void }

/** 下线: of which group, the whole or one article. Says first what it takes, and what it can't do. */
export function WithdrawModal({ broadcast, open, onClose }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [article, setArticle] = useState(0)
  const [arm, setArm] = useState<number | null>(null)
  const titles = useTitles(broadcast, { open, arm })
  const params = { accountId, broadcastId: broadcast.id }
  const what = { ...(article > 0 && { article }), ...(arm !== null && { arm }) }
  const plan = useEndpoint(withdrawalPlanEndpoint, { params, query: what }, { enabled: open })
  const close = () => {
    setArticle(0)
    setArm(null)
    onClose()
  }
  const withdraw = useEndpointMutation(withdrawBroadcastEndpoint, {
    invalidates: [
      getBroadcastEndpoint,
      withdrawalPlanEndpoint,
      listMassRecordsEndpoint,
      listAuditEntriesEndpoint,
    ],
    success: t('massFollowing.offline.asked'),
    onSuccess: close,
  })
  const choices = broadcast.groups.flatMap((group) =>
    group.arms
      .filter(({ can }) => can.withdraw)
      .map((arm) => ({ value: arm.number, label: armName(t, group, arm) })),
  )
  return (
    <Modal
      open={open}
      title={t('massFollowing.offline.title')}
      onCancel={close}
      okText={t('massFollowing.offline.go')}
      okButtonProps={{ danger: true, disabled: (plan.data?.deletions ?? 0) === 0 }}
      confirmLoading={withdraw.isPending}
      onOk={() => withdraw.mutate({ params, body: what })}
    >
      <Alert
        type="warning"
        showIcon
        title={t('massFollowing.offline.does')}
        description={t('massFollowing.offline.doesNot')}
        style={{ marginBottom: 14 }}
      />
      {choices.length > 1 && (
        <Select<number>
          aria-label={t('massGroups.group')}
          style={{ width: '100%', marginBottom: 12 }}
          value={arm ?? -1}
          options={[{ value: -1, label: t('massFollowing.offline.allGroups') }, ...choices]}
          onChange={(value) => {
            setArm(value === -1 ? null : value)
            setArticle(0)
          }}
        />
      )}
      {titles.length > 1 && (
        <Radio.Group
          value={article}
          onChange={(event) => setArticle(event.target.value as number)}
          style={{ display: 'grid', gap: 8, marginBottom: 14 }}
        >
          <Radio value={0}>{t('massFollowing.offline.whole')}</Radio>
          {titles.map((title, place) => (
            <Radio key={place} value={place + 1}>
              {place + 1}. {title}
            </Radio>
          ))}
        </Radio.Group>
      )}
      {plan.error !== null ? (
        <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />
      ) : plan.data === undefined ? (
        <Skeleton active title={false} paragraph={{ rows: 2 }} />
      ) : (
        <Takes plan={plan.data} />
      )}
    </Modal>
  )
}

/** The titles to choose from: of the chosen group, or of all where they carry the same number. */
function useTitles(broadcast: Broadcast, { open, arm }: { open: boolean; arm: number | null }): string[] {
  const groups = useFormOf(open ? broadcast : undefined)?.groups ?? []
  const place = broadcast.groups.findIndex(({ arms }) =>
    arms.some(({ number, can }) => can.withdraw && (arm === null || number === arm)),
  )
  const several = broadcast.groups.filter(({ arms }) => arms.some(({ can }) => can.withdraw)).length > 1
  const group = arm === null && several ? undefined : groups[place]
  return group?.contentKind === 'articles' ? group.articles.map(({ title }) => title) : []
}

/** How many deletions, of how many a day, until when. */
function Takes({ plan }: { plan: WithdrawalPlan }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { deletions, already, unreachable, usedToday, waiting, perDay, days, endsOn } = plan
  const lines = [
    deletions === 0
      ? t('massFollowing.offline.nothing')
      : days === 1
        ? t('massFollowing.offline.today', { number: format.number(deletions), perDay })
        : t('massFollowing.offline.takes', {
            number: format.number(deletions),
            perDay,
            days,
            day: endsOn,
          }),
    usedToday > 0 && t('massFollowing.offline.used', { number: format.number(usedToday) }),
    waiting > 0 && t('massFollowing.offline.before', { number: format.number(waiting) }),
    already > 0 && t('massFollowing.offline.already', { number: format.number(already) }),
    unreachable > 0 && t('massFollowing.offline.unreachable', { number: format.number(unreachable) }),
  ].filter((line) => line !== false)
  return (
    <>
      {lines.map((line) => (
        <p key={line} style={{ margin: '4px 0' }}>
          {line}
        </p>
      ))}
    </>
  )
}
