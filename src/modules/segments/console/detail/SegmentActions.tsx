import { EditOutlined, MoreOutlined, ReloadOutlined } from '@ant-design/icons'
import { App, Button, Dropdown, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import {
  archiveSegmentEndpoint,
  copySegmentEndpoint,
  getSegmentEndpoint,
  listSegmentsEndpoint,
  listSnapshotsEndpoint,
  refreshSegmentEndpoint,
  restoreSegmentEndpoint,
  type Segment,
} from '../../schema/segment.ts'
import { ExportTagModal } from './ExportTagModal.tsx'
import { SplitModal } from './SplitModal.tsx'

const CHANGED = [getSegmentEndpoint, listSegmentsEndpoint, listSnapshotsEndpoint]

export function SegmentActions({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const allowed = useCan('segments:write')
  const { askArchive, restore, copy } = useStateActions(segment)
  const [splitting, setSplitting] = useState(false)
  const [exporting, setExporting] = useState(false)
  const mayTag = useCan('tags:write')
  const isStatic = segment.updateKind === 'static'
  if (segment.archivedAt !== null)
    return (
      <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
        <Button disabled={!allowed} onClick={restore}>
          {t('segments.restore')}
        </Button>
      </Tooltip>
    )
  const menu = [
    { key: 'copy', label: t('segments.copy'), onClick: copy },
    {
      key: 'split',
      label: t('segments.split'),
      disabled: segment.snapshotId === null && segment.updateKind !== 'live',
      onClick: () => setSplitting(true),
    },
    {
      key: 'export',
      label: t('segments.exportTag'),
      disabled: segment.snapshotId === null || !mayTag,
      ...(segment.snapshotId === null && { title: t('segments.exportLive') }),
      onClick: () => setExporting(true),
    },
    { key: 'archive', label: t('segments.archive'), danger: true, onClick: askArchive },
  ]
  return (
    <>
      {!isStatic && segment.updateKind !== 'live' && <RefreshButton segment={segment} />}
      <Button
        icon={<EditOutlined />}
        disabled={!allowed}
        onClick={() => void navigate(`/segments/${segment.id}/edit`)}
      >
        {t('common.edit')}
      </Button>
      <Dropdown menu={{ items: menu }} trigger={['click']} disabled={!allowed}>
        <Button icon={<MoreOutlined />} aria-label={t('common.more')} disabled={!allowed} />
      </Dropdown>
      {exporting && <ExportTagModal segment={segment} onClose={() => setExporting(false)} />}
      {splitting && <SplitModal segment={segment} onClose={() => setSplitting(false)} />}
    </>
  )
}

function RefreshButton({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const allowed = useCan('segments:write')
  const refresh = useEndpointMutation(refreshSegmentEndpoint, { invalidates: CHANGED })
  const busy = segment.computing !== null
  return (
    <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
      <Button
        type="primary"
        icon={<ReloadOutlined spin={busy} />}
        disabled={!allowed || busy}
        loading={refresh.isPending}
        onClick={() => refresh.mutate({ params: { segmentId: segment.id } })}
      >
        {segment.computing === null ? t('segments.refresh') : t(`segments.computing.${segment.computing}`)}
      </Button>
    </Tooltip>
  )
}

function useStateActions(segment: Segment) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { modal } = App.useApp()
  const params = { segmentId: segment.id }
  const archive = useEndpointMutation(archiveSegmentEndpoint, { invalidates: CHANGED })
  const restore = useEndpointMutation(restoreSegmentEndpoint, { invalidates: CHANGED })
  const copy = useEndpointMutation(copySegmentEndpoint, {
    invalidates: CHANGED,
    onSuccess: ({ id }) => void navigate(`/segments/${id}`),
  })
  return {
    restore: () => restore.mutate({ params }),
    copy: () => copy.mutate({ params, body: {} }),
    askArchive: () =>
      void modal.confirm({
        title: t('segments.archiveTitle', { name: segment.name }),
        content: t('segments.archiveHint', {
          size: format.number(segment.size),
          uses: format.number(segment.usedBy),
        }),
        okText: t('segments.archive'),
        okButtonProps: { danger: true },
        onOk: () => archive.mutateAsync({ params }).catch(() => undefined),
      }),
  }
}
