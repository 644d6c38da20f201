import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { UrlTabs } from '../../../console/ui/UrlTabs.tsx'
import { ByTemplate } from './ByTemplate.tsx'
import { SubscribePages } from './SubscribePages.tsx'

export function SubscriptionsPage() {
  const { t } = useTranslation()
  return (
    <>
      <PageHeader title={t('nav.subscriptions')} sub={t('consents.sub')} />
      <UrlTabs
        alone
        destroyOnHidden
        items={[
          { key: 'templates', label: t('consents.tabs.templates'), children: <ByTemplate /> },
          { key: 'pages', label: t('consents.tabs.pages'), children: <SubscribePages /> },
        ]}
      />
    </>
  )
}
