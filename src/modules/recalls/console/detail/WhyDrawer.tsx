import { Drawer, Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { Loaded } from '../../../../console/ui/states.tsx'
import { DeliveryTag, useReasons } from '../../../deliveries/console/index.ts'
import { type RecallRule, type RecallWhy, recallWhyEndpoint } from '../../schema.ts'

type Props = { rule: RecallRule; contactId: string | undefined; onClose: () => void }

/** 为什么: a person's silence, where it stands for this rule, and each check as of now. */
export function WhyDrawer({ rule, contactId, onClose }: Props) {
  const { t } = useTranslation()
  const query = useEndpoint(
    recallWhyEndpoint,
    { params: { accountId: rule.accountId, recallId: rule.id, contactId: contactId ?? '' } },
    { enabled: contactId !== undefined },
  )
  return (
    <Drawer open={contactId !== undefined} onClose={onClose} size={520} title={t('recalls.why.title')}>
      {contactId !== undefined && <Loaded query={query}>{(why) => <Story why={why} />}</Loaded>}
    </Drawer>
  )
}

function Story({ why }: { why: RecallWhy }) {
  const { t } = useTranslation()
  const format = useFormat()
  const reason = useReasons()
  return (
    <div className="w-stack" data-testid="recall-why">
      <div>
        <Link to={`/customers/${why.contactId}`}>
          <b>{why.name ?? t('recalls.people.numbered', { id: why.contactId })}</b>
        </Link>
        {why.lastAct !== null && (
          <div>
            {t('recalls.why.lastAct', {
              at: format.instant(why.lastAct.at),
              kind: t(`recalls.kind.${why.lastAct.kind}`),
            })}
          </div>
        )}
        {why.moment !== null && <div>{t('recalls.why.moment', { at: format.instant(why.moment) })}</div>}
        <div className="w-soft">{t(`recalls.why.standing.${why.standing}`)}</div>
      </div>
      {why.deliveries.map((row) => (
        <div key={row.deliveryId}>
          <DeliveryTag state={row.state} /> {format.instant(row.sentAt ?? row.plannedAt)}
          {row.reason !== null && <div className="w-soft">{reason(row.reason, row.detail).text}</div>}
        </div>
      ))}
      {why.decision?.checks != null && <Checks checks={why.decision.checks} />}
    </div>
  )
}

type Check = NonNullable<NonNullable<RecallWhy['decision']>['checks']>[number]

function Checks({ checks }: { checks: Check[] }) {
  const { t } = useTranslation()
  const reason = useReasons()
  return (
    <Table<Check>
      size="small"
      rowKey="check"
      pagination={false}
      title={() => t('recalls.why.checks')}
      dataSource={checks}
      columns={[
        { render: (_, { check }) => t(`campaigns.why.check.${check}`) },
        {
          render: (_, check) =>
            check.reason === null ? t('recalls.why.pass') : reason(check.reason, check.detail).text,
        },
      ]}
      showHeader={false}
    />
  )
}
