import { Alert, Table } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import { StateTag, type Tone } from '../../../../console/ui/StateTag.tsx'
import { LoadingState } from '../../../../console/ui/states.tsx'
import { explainReason } from '../../rules/reasons.ts'
import {
  type ImportOptions,
  type ImportPreview,
  type PeopleImport,
  previewPeopleEndpoint,
} from '../../schema.ts'

type Row = ImportPreview['rows'][number]
const TONES: Record<Row['outcome'], Tone> = { new: 'good', known: 'busy', skipped: 'idle', refused: 'bad' }
const SETTLE_MS = 300

/** What the first rows would come to, judged where all of them will be. */
export function Preview({ draft, options }: { draft: PeopleImport; options: ImportOptions }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  const { preview, error } = usePreview(draft.id, options)
  if (error !== undefined) {
    const { title, advice } = describe(error)
    return <Alert type="warning" showIcon title={title} description={advice} />
  }
  if (preview === undefined) return <LoadingState />
  const counts = (['new', 'known', 'skipped', 'refused'] as const)
    .filter((outcome) => preview.counts[outcome] > 0)
    .map((outcome) => `${t(`imports.would.${outcome}`)} ${format.number(preview.counts[outcome])}`)
  return (
    <section>
      <div className="w-row" style={{ marginBottom: 8 }}>
        <h3 className="w-section-title">
          {t('imports.preview', { number: format.number(preview.rows.length) })}
        </h3>
        <span className="w-soft">{counts.join(' · ')}</span>
      </div>
      <div className="w-table-panel">
        <Table<Row>
          size="small"
          rowKey="row"
          pagination={false}
          scroll={{ x: 320 + draft.columns.length * 130, y: 320 }}
          dataSource={preview.rows}
          columns={[
            { title: '#', dataIndex: 'row', width: 60 },
            {
              title: t('imports.wouldBe'),
              width: 260,
              render: (_, { outcome, problems }) => (
                <>
                  <StateTag tone={TONES[outcome]}>{t(`imports.would.${outcome}`)}</StateTag>
                  {problems.map(({ column, reason }) => (
                    <div key={column + reason} className="w-small" style={{ color: 'var(--w-bad)' }}>
                      {column} {explainReason(reason, i18n.language)}
                    </div>
                  ))}
                </>
              ),
            },
            ...draft.columns.map((title, index) => ({
              title: title || '—',
              key: index,
              ellipsis: true,
              render: (_: unknown, { row }: Row) => draft.sample[row - 1]?.[index] ?? '',
            })),
          ]}
        />
      </div>
    </section>
  )
}

/** Asked anew a moment after the last change; an answer that is no longer wanted is dropped. */
function usePreview(importId: string, options: ImportOptions) {
  const asked = JSON.stringify(options)
  const [answer, setAnswer] = useState<{ preview?: ImportPreview; error?: unknown }>({})
  useEffect(() => {
    let wanted = true
    const timer = setTimeout(() => {
      call(previewPeopleEndpoint, { params: { importId }, body: JSON.parse(asked) as ImportOptions })
        .then((preview) => wanted && setAnswer({ preview }))
        .catch((error: unknown) => wanted && setAnswer({ error }))
    }, SETTLE_MS)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [importId, asked])
  return answer
}
