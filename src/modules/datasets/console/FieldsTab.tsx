import { PlusOutlined } from '@ant-design/icons'
import { Button, Table, type TableColumnsType, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '../../../console/session.ts'
import type { Dataset, Field, Level } from '../schema.ts'
import { FieldModal } from './FieldModal.tsx'
import { Retention } from './Retention.tsx'

type Edited = { field: Field | undefined; level: Level }

/** What a dataset holds, and how long. */
export function FieldsTab({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation()
  const mayManage = useCan('datasets:manage') && !dataset.archived
  const [edited, setEdited] = useState<Edited | undefined>()
  const columns = useColumns(mayManage ? (field) => setEdited({ field, level: field.level }) : undefined)
  const levels: Level[] = dataset.hasLines ? ['row', 'line'] : ['row']
  return (
    <div className="w-stack">
      {levels.map((level) => (
        <section key={level}>
          <div className="w-row" style={{ justifyContent: 'space-between', marginBottom: 8 }}>
            <h3 className="w-section-title">
              {t(level === 'row' ? 'datasets.rowFields' : 'datasets.lineFields')}
            </h3>
            {mayManage && (
              <Button
                size="small"
                icon={<PlusOutlined />}
                onClick={() => setEdited({ field: undefined, level })}
              >
                {t('datasets.addField')}
              </Button>
            )}
          </div>
          <div className="w-table-panel">
            <Table<Field>
              size="middle"
              rowKey="id"
              pagination={false}
              columns={columns}
              dataSource={dataset.fields.filter((field) => field.level === level)}
              scroll={{ x: 640 }}
            />
          </div>
        </section>
      ))}
      {mayManage && <Retention dataset={dataset} />}
      <FieldModal dataset={dataset} edited={edited} onClose={() => setEdited(undefined)} />
    </div>
  )
}

function useColumns(onEdit: ((field: Field) => void) | undefined): TableColumnsType<Field> {
  const { t } = useTranslation()
  return [
    {
      title: t('datasets.fieldName'),
      render: (_, field) => (
        <>
          <strong>{field.name}</strong> {field.personal && <Tag>{t('datasets.personal')}</Tag>}
        </>
      ),
    },
    { title: t('datasets.fieldKey'), dataIndex: 'key', className: 'w-mono' },
    { title: t('datasets.type'), render: (_, field) => t(`datasets.types.${field.type}`) },
    {
      title: t('datasets.options'),
      render: (_, { options }) =>
        options.length === 0 ? <span className="w-faint">—</span> : options.join(t('datasets.comma')),
    },
    ...(onEdit === undefined
      ? []
      : [
          {
            key: 'actions',
            className: 'w-right',
            render: (_: unknown, field: Field) => (
              <Button type="link" size="small" onClick={() => onEdit(field)}>
                {t('common.edit')}
              </Button>
            ),
          },
        ]),
  ]
}
