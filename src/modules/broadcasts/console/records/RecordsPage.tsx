import { Tabs } from 'antd'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { DownloadButton } from './DownloadButton.tsx'
import { RecordFilterBar, useRecordFilters } from './filters.tsx'
import { RecordCharts } from './RecordCharts.tsx'
import { RecordsTable } from './RecordsTable.tsx'

/** 群发记录: everything that went out, of every account the operator may see, as a list or as charts. */
export function RecordsPage() {
  const { t } = useTranslation()
  const filters = useRecordFilters()
  const { view = 'list' } = filters.values
  return (
    <>
      <PageHeader
        title={t('massRecords.title')}
        sub={t('massRecords.sub')}
        actions={<DownloadButton filters={filters} />}
      />
      <Tabs
        activeKey={view}
        onChange={(key) => filters.set('view', key === 'list' ? undefined : key)}
        size="small"
        items={(['list', 'charts'] as const).map((key) => ({ key, label: t(`massRecords.view.${key}`) }))}
      />
      <RecordFilterBar filters={filters} />
      {view === 'charts' ? <RecordCharts filters={filters} /> : <RecordsTable filters={filters} />}
    </>
  )
}
