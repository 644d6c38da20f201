import { ImportOutlined, OrderedListOutlined, PlusOutlined, QuestionCircleOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { NoPermissionState } from '../../../console/ui/states.tsx'
import { UrlTabs } from '../../../console/ui/UrlTabs.tsx'
import { ImportDrawer } from './ImportDrawer.tsx'
import { MissesDrawer } from './MissesDrawer.tsx'
import { OrderDrawer } from './OrderDrawer.tsx'
import { RulesTab } from './RulesTab.tsx'
import { TryBox } from './TryBox.tsx'
import { TABS, type Tab, tabOf } from './tabs.ts'
import './replies.css'

/** 自动回复: what fans are answered with, by the kind of what they do. */
export function RepliesPage() {
  const allowed = useCan('replies:read')
  return allowed ? <Replies /> : <NoPermissionState />
}

function Replies() {
  const { t } = useTranslation()
  const filters = useFilters(['tab'])
  const tab = tabOf(filters.values.tab)
  return (
    <>
      <PageHeader title={t('replies.title')} sub={t('replies.sub')} actions={<Actions tab={tab} />} />
      <div className="w-reply-page">
        <UrlTabs
          alone
          destroyOnHidden
          items={TABS.map((one) => ({
            key: one,
            label: t(`replies.tab.${one}`),
            children: <RulesTab key={one} tab={one} />,
          }))}
        />
        <TryBox />
      </div>
    </>
  )
}

function Actions({ tab }: { tab: Tab }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('replies:write')
  const [open, setOpen] = useState<'order' | 'import' | 'misses'>()
  const misses = (
    <Button icon={<QuestionCircleOutlined />} onClick={() => setOpen('misses')}>
      {t('replies.misses.open')}
    </Button>
  )
  if (tab === 'owned') return null
  const buttons = (
    <div className="w-row">
      <Button icon={<ImportOutlined />} disabled={!mayWrite} onClick={() => setOpen('import')}>
        {t('replies.import.open')}
      </Button>
      <Button icon={<OrderedListOutlined />} disabled={!mayWrite} onClick={() => setOpen('order')}>
        {t('replies.order.open')}
      </Button>
      <Button
        type="primary"
        icon={<PlusOutlined />}
        disabled={!mayWrite}
        onClick={() => void navigate(`/accounts/${accountId}/replies/new?kind=${tab}`)}
      >
        {t(`replies.new.${tab}`)}
      </Button>
    </div>
  )
  return (
    <>
      {tab === 'keyword' && misses}
      {mayWrite ? buttons : <Tooltip title={t('common.notAllowed')}>{buttons}</Tooltip>}
      <OrderDrawer kind={tab} open={open === 'order'} onClose={() => setOpen(undefined)} />
      <MissesDrawer open={open === 'misses'} onClose={() => setOpen(undefined)} />
      <ImportDrawer open={open === 'import'} onClose={() => setOpen(undefined)} />
    </>
  )
}
