import { PlusOutlined } from '@ant-design/icons'
import { Button, Tabs, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { NoPermissionState } from '../../../console/ui/states.tsx'
import { SendsList } from './list/SendsList.tsx'
import { AccountRecords } from './records/AccountRecords.tsx'
import './broadcasts.css'

const VIEWS = ['all', 'queue', 'records'] as const
type View = (typeof VIEWS)[number]

/** E8's three lists of one account: 所有图文, 队列图文, 群发记录. */
export function BroadcastsPage() {
  const { t } = useTranslation()
  const filters = useFilters(['view'])
  const accountId = useAccountId()
  const mayRead = useCan('broadcasts:read')
  const view = VIEWS.find((one) => one === filters.values.view) ?? 'all'
  if (!mayRead) return <NoPermissionState />
  return (
    <>
      <PageHeader title={t('nav.broadcasts')} sub={t('broadcasts.sub')} actions={<Actions />} />
      <Tabs
        activeKey={view}
        onChange={(key) => filters.set('view', key === 'all' ? undefined : key)}
        size="small"
        items={VIEWS.map((key: View) => ({ key, label: t(`broadcasts.view.${key}`) }))}
      />
      {view === 'records' ? (
        <AccountRecords accountId={accountId} />
      ) : (
        <SendsList key={view} view={view} start={<NewButton />} />
      )}
    </>
  )
}

function Actions() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  return (
    <>
      <Link to={`/accounts/${accountId}/broadcasts/outside`}>
        <Button>{t('massOutside.title')}</Button>
      </Link>
      <NewButton />
    </>
  )
}

function NewButton() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('broadcasts:write')
  const button = (
    <Button type="primary" icon={<PlusOutlined />} disabled={!allowed}>
      {t('broadcasts.new')}
    </Button>
  )
  if (!allowed) return <Tooltip title={t('common.notAllowed')}>{button}</Tooltip>
  return <Link to={`/accounts/${accountId}/broadcasts/new`}>{button}</Link>
}
