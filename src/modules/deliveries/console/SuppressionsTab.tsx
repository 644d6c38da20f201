import { PlusOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { usePersonName } from '../../contacts/console/index.ts'
import { listSuppressionsEndpoint, type Suppression } from '../schema.ts'
import { AddSuppressionModal } from './AddSuppressionModal.tsx'
import { SuppressionButton } from './SuppressionButton.tsx'

/** 不再打扰名单. */
export function SuppressionsTab() {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = usePersonName()
  const mayWrite = useCan('suppressions:write')
  const filters = useFilters(['q'])
  const q = filters.values.q ?? ''
  const [adding, setAdding] = useState(false)
  const list = useCursorList(listSuppressionsEndpoint, { query: q === '' ? {} : { q } })
  const add = mayWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
      {t('limits.addPeople')}
    </Button>
  )
  return (
    <>
      <FilterBar end={add}>
        <Input.Search
          allowClear
          style={{ width: 320 }}
          defaultValue={q}
          placeholder={t('limits.search')}
          aria-label={t('limits.search')}
          onSearch={(text) => filters.set('q', text.trim() || undefined)}
        />
      </FilterBar>
      <CursorTable<Suppression>
        list={list}
        rowKey="contactId"
        minWidth={720}
        empty={
          q === '' ? (
            <EmptyState title={t('limits.noSuppressions')} hint={t('limits.noSuppressionsHint')} />
          ) : (
            <EmptyState title={t('limits.noSuchSuppression')} hint={q} />
          )
        }
        columns={[
          {
            title: t('limits.person'),
            render: (_, { contactId, name }) => (
              <Link to={`/customers/${contactId}`}>{nameOf({ id: contactId, name })}</Link>
            ),
          },
          { title: t('limits.note'), render: (_, { note }) => note || <span className="w-faint">—</span> },
          {
            title: t('limits.addedBy'),
            render: (_, { createdBy }) => createdBy ?? <span className="w-faint">—</span>,
          },
          { title: t('limits.addedAt'), render: (_, { createdAt }) => format.instant(createdAt) },
          {
            align: 'right',
            render: (_, { contactId }) => mayWrite && <SuppressionButton contactId={contactId} small />,
          },
        ]}
      />
      {adding && <AddSuppressionModal onClose={() => setAdding(false)} />}
    </>
  )
}
