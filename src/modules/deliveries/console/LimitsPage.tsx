import { Tabs } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { CapsTab } from './CapsTab.tsx'
import { QuietTab } from './QuietTab.tsx'
import { SuppressionsTab } from './SuppressionsTab.tsx'

/** 触达限制: what every message to a single person is checked against, beside the platform's own limits. */
export function LimitsPage() {
  const { t } = useTranslation()
  const filters = useFilters(['tab', 'q'])
  const tab = filters.values.tab ?? 'caps'
  return (
    <>
      <PageHeader title={t('limits.title')} sub={t('limits.sub')} />
      <Tabs
        activeKey={tab}
        onChange={(next) => filters.set('tab', next === 'caps' ? undefined : next)}
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
