import { Table, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { explainReason } from '../../rules/reasons.ts'
import { hasLines, placesOf, type RecordGroup, toLooseRow } from '../../rules/records.ts'
import { readRow } from '../../rules/row.ts'
import type { Dataset, DatasetImport, Mapping, RowError } from '../../schema.ts'

type Shown = { number: number; record: string[]; errors: RowError[] }

/** The first records, judged by the rules that will judge them all. */
export function Preview({
  dataset,
  draft,
  mapping,
}: {
  dataset: Dataset
  draft: DatasetImport
  mapping: Mapping
}) {
  const { t } = useTranslation()
  const shown = judge(dataset, draft, mapping)
  const bad = shown.filter(({ errors }) => errors.length > 0).length
  return (
    <section>
      <div className="w-row" style={{ marginBottom: 8 }}>
        <h3 className="w-section-title">{t('datasets.preview', { number: shown.length })}</h3>
        <span className={bad === 0 ? 'w-soft' : ''} style={bad === 0 ? {} : { color: 'var(--w-bad)' }}>
          {t(bad === 0 ? 'datasets.previewGood' : 'datasets.previewBad', { number: bad })}
        </span>
      </div>
      <div className="w-table-panel">
        <Table<Shown>
          size="small"
          rowKey="number"
          pagination={false}
          scroll={{ x: 80 + draft.columns.length * 130, y: 320 }}
          dataSource={shown}
          columns={[
            { title: '#', width: 60, render: (_, row) => <Verdict row={row} /> },
            ...draft.columns.map((title, index) => ({
              title: title || '—',
              key: index,
              ellipsis: true,
              render: (_: unknown, { record }: Shown) => record[index] ?? '',
            })),
          ]}
        />
      </div>
    </section>
  )
}

function Verdict({ row }: { row: Shown }) {
  const { i18n } = useTranslation()
  if (row.errors.length === 0) return <>{row.number}</>
  const told = row.errors.map(({ path, reason }) => `${path} ${explainReason(reason, i18n.language)}`)
  return (
    <Tooltip title={told.map((line) => <div key={line}>{line}</div>)}>
      <strong style={{ color: 'var(--w-bad)' }}>{row.number} ✕</strong>
    </Tooltip>
  )
}

function judge(dataset: Dataset, draft: DatasetImport, mapping: Mapping): Shown[] {
  const of = (level: 'row' | 'line') => dataset.fields.filter((field) => field.level === level)
  const fields = { row: of('row'), line: dataset.hasLines ? of('line') : null }
  const places = placesOf(draft.columns)
  return draft.sample.map((record, index) => {
    const group: RecordGroup = { key: '', first: index + 1, count: 1, records: [record] }
    const { accountId: _account, ...loose } = toLooseRow(mapping, places, group)
    const read = readRow(fields, hasLines(mapping) ? loose : { ...loose, lines: undefined })
    return { number: index + 1, record, errors: 'errors' in read ? read.errors : [] }
  })
}
