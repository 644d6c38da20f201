import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { listExportsEndpoint, type PeopleExport } from '../../schema.ts'
import { DownloadButton } from './ExportProgress.tsx'

const TONES = {
  queued: 'busy',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  expired: 'idle',
  removed: 'idle',
} as const

/** What was exported lately; a file that is ready can be loaded. */
export function RecentExports() {
  const { t } = useTranslation()
  const format = useFormat()
  const list = useCursorList(listExportsEndpoint, { query: { limit: 10 } })
  return (
    <CursorTable<PeopleExport>
      list={list}
      rowKey="id"
      empty={<EmptyState title={t('exports.recentEmpty')} hint={t('exports.recentEmptyHint')} />}
      columns={[
        { title: t('exports.startedAt'), render: (_, one) => format.instant(one.createdAt) },
        {
          title: t('exports.file'),
          render: (_, one) => `${t(`exports.kinds.${one.kind}`)} · ${one.format.toUpperCase()}`,
        },
        {
          title: t('exports.number'),
          align: 'right',
          render: (_, one) => (one.people === null ? '—' : format.number(one.people)),
        },
        { title: t('exports.by'), render: (_, one) => one.createdBy ?? '—' },
        {
          title: t('exports.state'),
          render: (_, one) =>
            one.state === 'done' ? (
              <DownloadButton one={one} />
            ) : (
              <StateTag tone={TONES[one.state]}>{t(`exports.states.${one.state}`)}</StateTag>
            ),
        },
      ]}
    />
  )
}
