import { DownloadOutlined } from '@ant-design/icons'
import { Button, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { urlOf } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { StateTag, type Tone } from '../../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import {
  type Dataset,
  type DatasetImport,
  downloadImportErrorsEndpoint,
  listImportsEndpoint,
} from '../../schema.ts'

export const TONES: Record<DatasetImport['state'], Tone> = {
  draft: 'idle',
  queued: 'busy',
  running: 'busy',
  done: 'good',
  failed: 'bad',
}

/** Imports into a dataset, what came of them, and their refused records. */
export function ImportsTab({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayWrite = useCan('datasets:write')
  const list = useCursorList(listImportsEndpoint, { params: { key: dataset.key } }, { every: 5_000 })
  const open = (id: string) => void navigate(`/datasets/${dataset.key}/import?id=${id}`)
  return (
    <CursorTable<DatasetImport>
      list={list}
      rowKey="id"
      minWidth={820}
      columns={useColumns(dataset)}
      {...(mayWrite && { onOpen: ({ id }: DatasetImport) => open(id) })}
      empty={
        <EmptyState
          title={t('datasets.noImports')}
          hint={t('datasets.noImportsHint')}
          action={
            mayWrite &&
            !dataset.archived && <Link to={`/datasets/${dataset.key}/import`}>{t('datasets.import')}</Link>
          }
        />
      }
    />
  )
}

function useColumns(dataset: Dataset): TableColumnsType<DatasetImport> {
  const { t } = useTranslation()
  const format = useFormat()
  const count = (row: DatasetImport, ...outcomes: string[]) =>
    outcomes.reduce((sum, outcome) => sum + (row.counts[outcome] ?? 0), 0)
  return [
    { title: t('datasets.file'), dataIndex: 'fileName', ellipsis: true },
    {
      title: t('common.state'),
      render: (_, { state }) => (
        <StateTag tone={TONES[state]} pulse={state === 'running'}>
          {t(`datasets.importStates.${state}`)}
        </StateTag>
      ),
    },
    {
      title: t('datasets.outcomes.created'),
      align: 'right',
      render: (_, row) => format.number(count(row, 'created')),
    },
    {
      title: t('datasets.outcomes.updated'),
      align: 'right',
      render: (_, row) => format.number(count(row, 'updated')),
    },
    {
      title: t('datasets.outcomes.unchanged'),
      align: 'right',
      render: (_, row) => format.number(count(row, 'unchanged', 'stale')),
    },
    {
      title: t('datasets.outcomes.refused'),
      align: 'right',
      render: (_, row) => <Refused dataset={dataset} of={row} />,
    },
    { title: t('common.createdBy'), render: (_, row) => row.createdBy ?? t('common.system') },
    {
      title: t('common.createdAt'),
      className: 'w-nowrap',
      render: (_, row) => format.instant(row.createdAt),
    },
  ]
}

/** How many records were refused, with the file that says why. */
export function Refused({ dataset, of }: { dataset: Dataset; of: DatasetImport }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayWrite = useCan('datasets:write')
  const refused = of.counts['refused'] ?? 0
  if (refused === 0 || !mayWrite) return <>{format.number(refused)}</>
  return (
    <Button
      type="link"
      size="small"
      danger
      icon={<DownloadOutlined />}
      title={t('datasets.downloadErrors')}
      href={urlOf(downloadImportErrorsEndpoint, { params: { key: dataset.key, importId: of.id } })}
      onClick={(event) => event.stopPropagation()}
    >
      {format.number(refused)}
    </Button>
  )
}
