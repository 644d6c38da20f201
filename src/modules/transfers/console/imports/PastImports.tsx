import { DownloadOutlined } from '@ant-design/icons'
import { Button, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { urlOf } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { StateTag, type Tone } from '../../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { downloadPeopleErrorsEndpoint, listPeopleImportsEndpoint, type PeopleImport } from '../../schema.ts'

const TONES: Record<PeopleImport['state'], Tone> = {
  draft: 'idle',
  queued: 'busy',
  running: 'busy',
  done: 'good',
  failed: 'bad',
}

/** Imports so far, what came of them, and their refused rows. */
export function PastImports({ onOpen }: { onOpen: (importId: string) => void }) {
  const { t } = useTranslation()
  const list = useCursorList(listPeopleImportsEndpoint, {}, { every: 5_000 })
  return (
    <section>
      <h2 className="w-section-title">{t('imports.past')}</h2>
      <CursorTable<PeopleImport>
        list={list}
        rowKey="id"
        minWidth={860}
        columns={useColumns()}
        onOpen={({ id }) => onOpen(id)}
        empty={<EmptyState title={t('imports.none')} hint={t('imports.noneHint')} />}
      />
    </section>
  )
}

function useColumns(): TableColumnsType<PeopleImport> {
  const { t } = useTranslation()
  const format = useFormat()
  const outcome = (name: 'created' | 'updated' | 'unchanged' | 'skipped') => ({
    title: t(`imports.outcomes.${name}`),
    align: 'right' as const,
    render: (_: unknown, row: PeopleImport) => format.number(row.counts[name] ?? 0),
  })
  return [
    { title: t('imports.file'), dataIndex: 'fileName', ellipsis: true },
    {
      title: t('common.state'),
      render: (_, { state }) => (
        <StateTag tone={TONES[state]} pulse={state === 'running'}>
          {t(`imports.states.${state}`)}
        </StateTag>
      ),
    },
    outcome('created'),
    outcome('updated'),
    outcome('unchanged'),
    outcome('skipped'),
    { title: t('imports.outcomes.refused'), align: 'right', render: (_, row) => <Refused of={row} /> },
    { title: t('common.createdBy'), render: (_, row) => row.createdBy ?? t('common.system') },
    {
      title: t('common.createdAt'),
      className: 'w-nowrap',
      render: (_, row) => format.instant(row.createdAt),
    },
  ]
}

/** How many rows were refused, with the file that says why. */
export function Refused({ of }: { of: PeopleImport }) {
  const { t } = useTranslation()
  const format = useFormat()
  const refused = of.counts['refused'] ?? 0
  if (refused === 0) return <>{format.number(refused)}</>
  return (
    <Button
      type="link"
      size="small"
      danger
      icon={<DownloadOutlined />}
      title={t('imports.downloadErrors')}
      href={urlOf(downloadPeopleErrorsEndpoint, { params: { importId: of.id } })}
      onClick={(event) => event.stopPropagation()}
    >
      {format.number(refused)}
    </Button>
  )
}
