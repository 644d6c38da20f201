import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { Loaded } from '../../../../console/ui/states.tsx'
import { type RecallRule, type RecallVersion, recallVersionsEndpoint } from '../../schema.ts'
import { useScopeText, useTimeText } from '../words.tsx'

/** What the rule said when. */
export function VersionsTab({ rule }: { rule: RecallRule }) {
  const { t } = useTranslation()
  const format = useFormat()
  const time = useTimeText()
  const scope = useScopeText()
  const query = useEndpoint(recallVersionsEndpoint, {
    params: { accountId: rule.accountId, recallId: rule.id },
  })
  return (
    <Loaded query={query} rows={3}>
      {({ items }) => (
        <div className="w-table-panel">
          <Table<RecallVersion>
            size="middle"
            rowKey="version"
            pagination={{ pageSize: 20, hideOnSinglePage: true }}
            dataSource={items}
            scroll={{ x: 760 }}
            columns={[
              { title: '', render: (_, row) => t('recalls.version.number', { number: row.version }) },
              { title: t('recalls.column.time'), render: (_, row) => time(row.rule) },
              { title: t('recalls.column.scope'), render: (_, row) => scope(row.rule) },
              {
                title: t('recalls.form.content'),
                render: (_, row) => t(`recalls.form.${row.rule.content.kind}`),
              },
              {
                title: t('recalls.version.by'),
                render: (_, row) => row.changedBy ?? t('recalls.version.system'),
              },
              { title: t('recalls.version.at'), render: (_, row) => format.instant(row.changedAt) },
            ]}
          />
        </div>
      )}
    </Loaded>
  )
}
