import { Button, Form, Modal, Radio, Select, Tabs } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation, useInvalidate } from '../../../../console/hooks.ts'
import '../../../../console/ui/confirm.css'
import {
  type ExportedPeople,
  type ExportFormat,
  listExportsEndpoint,
  MAX_EXPORT_COLUMNS,
  previewExportEndpoint,
  startExportEndpoint,
} from '../../schema.ts'
import { DEFAULT_COLUMNS, useExportColumns } from './columns.ts'
import { ExportProgress } from './ExportProgress.tsx'
import { RecentExports } from './RecentExports.tsx'

/**
 * 导出客户: says how many they are before it is begun, how far it is afterwards, and what was exported before. Closing it
 * stops nothing.
 */
export function ExportPeopleModal({ people, onClose }: { people: ExportedPeople; onClose: () => void }) {
  const { t } = useTranslation()
  const [tab, setTab] = useState('new')
  const [format, setFormat] = useState<ExportFormat>('xlsx')
  const [columns, setColumns] = useState<string[]>(DEFAULT_COLUMNS)
  const [exportId, setExportId] = useState<string>()
  const counted = useCount(people)
  const invalidate = useInvalidate()
  const start = useEndpointMutation(startExportEndpoint, {
    onSuccess: (made) => {
      setExportId(made.id)
      invalidate(listExportsEndpoint)
    },
  })
  const asking = tab === 'new' && exportId === undefined
  return (
    <Modal
      open
      width={760}
      title={t('exports.title')}
      okText={t('exports.go')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: columns.length === 0 || counted === undefined || counted.people === 0 }}
      {...(!asking && { footer: <Button onClick={onClose}>{t('common.close')}</Button> })}
      confirmLoading={start.isPending}
      onOk={() => start.mutate({ body: { people, format, columns } })}
      onCancel={onClose}
    >
      <Tabs
        activeKey={tab}
        onChange={setTab}
        destroyOnHidden
        items={[
          {
            key: 'new',
            label: t('exports.fresh'),
            children:
              exportId === undefined ? (
                <>
                  <Numbers counted={counted} />
                  <Choice {...{ format, setFormat, columns, setColumns }} />
                </>
              ) : (
                <ExportProgress exportId={exportId} onAgain={() => setExportId(undefined)} />
              ),
          },
          { key: 'recent', label: t('exports.recent'), children: <RecentExports /> },
        ]}
      />
    </Modal>
  )
}

type Counted = { people: number; exact: boolean }

function useCount(people: ExportedPeople): Counted | undefined {
  const { mutate, data } = useEndpointMutation(previewExportEndpoint)
  const asked = JSON.stringify(people)
  useEffect(() => mutate({ body: { people: JSON.parse(asked) as ExportedPeople } }), [mutate, asked])
  return data
}

function Numbers({ counted }: { counted: Counted | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const number = counted === undefined ? '…' : format.number(counted.people)
  return (
    <>
      <dl className="w-confirm-numbers">
        <div className="w-confirm-strong">
          <dt>{t('exports.people')}</dt>
          <dd>{counted?.exact === false ? t('exports.moreThan', { number }) : number}</dd>
        </div>
      </dl>
      {counted?.people === 0 && <p className="w-soft">{t('exports.noOne')}</p>}
    </>
  )
}

type ChoiceProps = {
  format: ExportFormat
  setFormat: (format: ExportFormat) => void
  columns: string[]
  setColumns: (columns: string[]) => void
}

function Choice({ format, setFormat, columns, setColumns }: ChoiceProps) {
  const { t } = useTranslation()
  const options = useExportColumns()
  return (
    <Form layout="vertical">
      <Form.Item label={t('exports.format')}>
        <Radio.Group
          value={format}
          onChange={(event) => setFormat(event.target.value as ExportFormat)}
          options={[
            { value: 'xlsx', label: t('exports.xlsx') },
            { value: 'csv', label: t('exports.csv') },
          ]}
        />
      </Form.Item>
      <Form.Item label={t('exports.columns')} extra={t('exports.columnsHint', { most: MAX_EXPORT_COLUMNS })}>
        <Select
          mode="multiple"
          allowClear
          aria-label={t('exports.columns')}
          optionFilterProp="label"
          maxCount={MAX_EXPORT_COLUMNS}
          value={columns}
          onChange={setColumns}
          options={options}
        />
      </Form.Item>
      <p className="w-faint w-small">{t('exports.keptFor')}</p>
    </Form>
  )
}
