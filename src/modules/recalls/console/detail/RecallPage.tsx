import { DeleteOutlined, EditOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../../console/ui/ConfirmWithNumbers.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { Loaded, NoPermissionState } from '../../../../console/ui/states.tsx'
import { UrlTabs } from '../../../../console/ui/UrlTabs.tsx'
import { AuditTrail } from '../../../audit/console/index.ts'
import { BrokenAlert } from '../../../contents/console/index.ts'
import {
  deleteRecallRuleEndpoint,
  getRecallRuleEndpoint,
  listRecallRulesEndpoint,
  type RecallFunnel,
  type RecallRule,
  type RuleNumbers,
  recallNumbersEndpoint,
} from '../../schema.ts'
import { RuleSwitch } from '../RuleSwitch.tsx'
import { isOfRecall, RuleTag, useScopeText, useTimeText } from '../words.tsx'
import { NextTab } from './NextTab.tsx'
import { Overview } from './Overview.tsx'
import { PeopleTab } from './PeopleTab.tsx'
import { VersionsTab } from './VersionsTab.tsx'
import { WhyDrawer } from './WhyDrawer.tsx'
import '../recalls.css'

/** Tabs of later modules. */
export type MoreTabs = (rule: RecallRule) => { key: string; label: string; children: ReactNode }[]

/** One rule: what became of those whose moment came, and everybody who was written to. */
export function RecallPage({ moreTabs }: { moreTabs?: MoreTabs }) {
  const { recallId = '' } = useParams()
  const accountId = useAccountId()
  const allowed = useCan('recalls:read')
  const query = useEndpoint(
    getRecallRuleEndpoint,
    { params: { accountId, recallId } },
    { enabled: allowed, every: 3_000 },
  )
  const numbers = useEndpoint(
    recallNumbersEndpoint,
    { params: { accountId } },
    { enabled: allowed, every: 10_000 },
  )
  if (!allowed) return <NoPermissionState />
  const waiting = numbers.data?.rules.find(({ ruleId }) => ruleId === recallId)
  return (
    <Loaded query={query}>{(found) => <Detail {...found} waiting={waiting} moreTabs={moreTabs} />}</Loaded>
  )
}

type Props = { rule: RecallRule; funnel: RecallFunnel; waiting: RuleNumbers | undefined }

function Detail({ rule, funnel, waiting, moreTabs }: Props & { moreTabs: MoreTabs | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const time = useTimeText()
  const scope = useScopeText()
  const [asked, setAsked] = useState<string | undefined>()
  return (
    <>
      <PageHeader
        title={
          <>
            {rule.name} <RuleTag rule={rule} />
          </>
        }
        sub={[time(rule), scope(rule), t('recalls.detail.madeAt', { at: format.instant(rule.madeAt) })].join(
          ' · ',
        )}
        back={{ to: `/accounts/${accountId}/recalls`, label: t('recalls.title') }}
        actions={<Actions rule={rule} waiting={waiting} />}
      />
      <BrokenAlert accountId={accountId} match={isOfRecall(rule.id)} />
      <UrlTabs
        destroyOnHidden
        items={[
          {
            key: 'overview',
            label: t('recalls.detail.overview'),
            children: <Overview rule={rule} funnel={funnel} waiting={waiting} />,
          },
          {
            key: 'people',
            label: t('recalls.detail.people'),
            children: <PeopleTab rule={rule} onWhy={setAsked} />,
          },
          { key: 'next', label: t('recalls.detail.next'), children: <NextTab rule={rule} /> },
          ...(moreTabs?.(rule) ?? []),
          { key: 'versions', label: t('recalls.detail.versions'), children: <VersionsTab rule={rule} /> },
          {
            key: 'trail',
            label: t('recalls.detail.trail'),
            children: <AuditTrail subjectKind="recall-rule" subjectId={rule.id} />,
          },
        ]}
      />
      <WhyDrawer rule={rule} contactId={asked} onClose={() => setAsked(undefined)} />
    </>
  )
}

function Actions({ rule, waiting }: { rule: RecallRule; waiting: RuleNumbers | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const canWrite = useCan('recalls:write')
  const [asking, setAsking] = useState(false)
  const remove = useEndpointMutation(deleteRecallRuleEndpoint, {
    invalidates: [listRecallRulesEndpoint, recallNumbersEndpoint],
    onSuccess: () => void navigate(`/accounts/${accountId}/recalls`),
  })
  if (!canWrite) return null
  return (
    <>
      <RuleSwitch rule={rule} waiting={waiting} />
      <Button icon={<DeleteOutlined />} onClick={() => setAsking(true)}>
        {t('common.delete')}
      </Button>
      <Button type="primary" icon={<EditOutlined />} onClick={() => void navigate('edit')}>
        {t('common.edit')}
      </Button>
      <ConfirmWithNumbers
        open={asking}
        danger
        title={t('recalls.remove.title', { name: rule.name })}
        numbers={[
          { label: t('recalls.column.waiting'), value: format.number(waiting?.waiting), strong: true },
        ]}
        note={t('recalls.remove.note')}
        okText={t('recalls.remove.ok')}
        busy={remove.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() => remove.mutate({ params: { accountId, recallId: rule.id } })}
      />
    </>
  )
}
