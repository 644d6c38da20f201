import { DownloadOutlined } from '@ant-design/icons'
import { Alert, Button, DatePicker, Form, Popover } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urlOf } from '../../../../console/api.ts'
import { useBusinessNow } from '../../../../console/clock.ts'
import { beijingDaysBetween } from '../../../../kernel/beijing.ts'
import { downloadMassRecordsEndpoint, MAX_RECORD_DAYS, RECORD_FORMATS } from '../../schema/records.ts'
import { daysOf } from './days.ts'
import { askedBy, type RecordFilters } from './filters.tsx'

/** The records of a range of days as a table, with the filters of the page. */
export function DownloadButton({ filters }: { filters: RecordFilters }) {
  const { t } = useTranslation()
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('massRecords.downloadTitle')}
      destroyOnHidden
      content={<Range filters={filters} />}
    >
      <Button icon={<DownloadOutlined />}>{t('massRecords.download')}</Button>
    </Popover>
  )
}

function Range({ filters }: { filters: RecordFilters }) {
  const { t } = useTranslation()
  const [days, setDays] = useState(daysOf(filters, useBusinessNow()))
  const isTooLong = beijingDaysBetween(days.from, days.to) >= MAX_RECORD_DAYS
  return (
    <Form layout="vertical" style={{ width: 320 }}>
      <Form.Item label={t('massRecords.range')} extra={t('massRecords.downloadHint')}>
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(days.from), dayjs(days.to)]}
          onChange={(chosen) => {
            const [from, to] = [chosen?.[0]?.format('YYYY-MM-DD'), chosen?.[1]?.format('YYYY-MM-DD')]
            if (from !== undefined && to !== undefined) setDays({ from, to })
          }}
        />
      </Form.Item>
      {isTooLong && <Alert type="warning" showIcon title={t('massRecords.rangeTooLong')} />}
      <div className="w-page-actions">
        {RECORD_FORMATS.toReversed().map((format, index) => (
          <Button
            key={format}
            type={index === 0 ? 'primary' : 'default'}
            disabled={isTooLong}
            download
            href={urlOf(downloadMassRecordsEndpoint, { query: { ...askedBy(filters), ...days, format } })}
          >
            {t('massRecords.downloadGo', { format: format.toUpperCase() })}
          </Button>
        ))}
      </div>
    </Form>
  )
}
