import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { UrlTabs } from '../../../console/ui/UrlTabs.tsx'
import { CapsTab } from './CapsTab.tsx'
import { QuietTab } from './QuietTab.tsx'
import { SuppressionsTab } from './SuppressionsTab.tsx'

/** 触达限制: what every message to a single person is checked against, beside the platform's own limits. */
export function LimitsPage() {
  const { t } = useTranslation()
  return (
    <>
      <PageHeader title={t('limits.title')} sub={t('limits.sub')} />
      <UrlTabs
        destroyOnHidden
        items={[
          { key: 'caps', label: t('limits.tabs.caps'), children: <CapsTab /> },
          { key: 'quiet', label: t('limits.tabs.quiet'), children: <QuietTab /> },
          { key: 'suppressions', label: t('limits.tabs.suppressions'), children: <SuppressionsTab /> },
        ]}
      />
    </>
  )
}
