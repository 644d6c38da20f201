import { Tabs } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { ByTemplate } from './ByTemplate.tsx'
import { SubscribePages } from './SubscribePages.tsx'

export function SubscriptionsPage() {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  return (
    <>
      <PageHeader title={t('nav.subscriptions')} sub={t('consents.sub')} />
      <Tabs
        activeKey={search.get('tab') ?? 'templates'}
        destroyOnHidden
        onChange={(tab) => setSearch(tab === 'templates' ? {} : { tab }, { replace: true })}
        items={[
          { key: 'templates', label: t('consents.tabs.templates'), children: <ByTemplate /> },
          { key: 'pages', label: t('consents.tabs.pages'), children: <SubscribePages /> },
        ]}
      />
    </>
  )
}
