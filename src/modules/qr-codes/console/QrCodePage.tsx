import { EditOutlined, InboxOutlined, ReloadOutlined } from '@ant-design/icons'
import { Alert, Button, Space, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { Loaded, NoPermissionState } from '../../../console/ui/states.tsx'
import { UrlTabs } from '../../../console/ui/UrlTabs.tsx'
import {
  archiveCodeEndpoint,
  getCodeEndpoint,
  listCodesEndpoint,
  type QrCode,
  type QrCodeDetail,
  renewCodeEndpoint,
} from '../schema.ts'
import { CodeDrawer } from './CodeDrawer.tsx'
import { CodeStanding } from './CodeStanding.tsx'
import { FiguresTab } from './FiguresTab.tsx'
import { PicturePanel } from './PicturePanel.tsx'
import { ScansTable } from './ScansTable.tsx'
import { useProblemText } from './use-problem-text.ts'

export function QrCodePage() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { qrCodeId = '' } = useParams()
  const allowed = useCan('qr-codes:read')
  const query = useEndpoint(
    getCodeEndpoint,
    { params: { accountId, qrCodeId } },
    { enabled: allowed, every: (code) => (code?.state === 'waiting' ? 2_000 : 15_000) },
  )
  if (!allowed) return <NoPermissionState />
  return (
    <Loaded query={query}>
      {(code) => (
        <>
          <PageHeader
            title={code.name}
            sub={
              <Space>
                <CodeStanding code={code} />
                <span className="w-mono">{code.scene.text}</span>
              </Space>
            }
            back={{ to: `/accounts/${accountId}/qr-codes`, label: t('qrCodes.title') }}
            actions={<Actions code={code} />}
          />
          <Problem code={code} />
          <div className="w-qr-page">
            <PicturePanel code={code} />
            <Figures code={code} />
          </div>
        </>
      )}
    </Loaded>
  )
}

function Figures({ code }: { code: QrCode }) {
  const { t } = useTranslation()
  return (
    <UrlTabs
      items={[
        { key: 'figures', label: t('qrCodes.figures'), children: <FiguresTab code={code} /> },
        { key: 'people', label: t('qrCodes.people'), children: <ScansTable code={code} /> },
      ]}
    />
  )
}

function Problem({ code }: { code: QrCode }) {
  const { t } = useTranslation()
  const text = useProblemText()(code.problem)
  if (text === undefined) return null
  return (
    <Alert
      type={code.state === 'ready' ? 'warning' : 'error'}
      showIcon
      style={{ marginBottom: 16 }}
      title={t(code.state === 'ready' ? 'qrCodes.renewFailed' : 'qrCodes.makeFailed')}
      description={text}
    />
  )
}

function Actions({ code }: { code: QrCodeDetail }) {
  const { t } = useTranslation()
  const mayWrite = useCan('qr-codes:write')
  const [editing, setEditing] = useState(false)
  const [archiving, setArchiving] = useState(false)
  const { accountId, id: qrCodeId } = code
  const renew = useEndpointMutation(renewCodeEndpoint, { invalidates: [getCodeEndpoint, listCodesEndpoint] })
  if (code.archivedAt !== null) return null
  const renews = code.state === 'failed' || (code.state === 'ready' && code.life === 'temporary')
  const buttons = (
    <Space>
      {renews && (
        <Tooltip title={code.state === 'ready' ? t('qrCodes.renewHint') : undefined}>
          <Button
            icon={<ReloadOutlined />}
            disabled={!mayWrite}
            loading={renew.isPending}
            onClick={() => renew.mutate({ params: { accountId, qrCodeId } })}
          >
            {t(code.state === 'ready' ? 'qrCodes.renew' : 'qrCodes.again')}
          </Button>
        </Tooltip>
      )}
      <Button icon={<InboxOutlined />} disabled={!mayWrite} onClick={() => setArchiving(true)}>
        {t('qrCodes.archive')}
      </Button>
      <Button type="primary" icon={<EditOutlined />} disabled={!mayWrite} onClick={() => setEditing(true)}>
        {t('common.edit')}
      </Button>
    </Space>
  )
  return (
    <>
      {mayWrite ? buttons : <Tooltip title={t('common.notAllowed')}>{buttons}</Tooltip>}
      <CodeDrawer edited={editing ? code : undefined} permanentLeft={0} onClose={() => setEditing(false)} />
      <ArchiveCode code={code} open={archiving} onClose={() => setArchiving(false)} />
    </>
  )
}

function ArchiveCode({ code, open, onClose }: { code: QrCode; open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const archive = useEndpointMutation(archiveCodeEndpoint, {
    invalidates: [getCodeEndpoint, listCodesEndpoint],
    success: t('qrCodes.archived'),
    onSuccess: onClose,
  })
  const { figures } = code
  return (
    <ConfirmWithNumbers
      open={open}
      title={t('qrCodes.archiveAsk', { name: code.name })}
      numbers={[
        { label: t('qrCodes.scans'), value: format.number(figures.scans) },
        { label: t('qrCodes.stillFollowing'), value: format.number(figures.stillFollowing) },
      ]}
      note={t('qrCodes.archiveNote')}
      okText={t('qrCodes.archive')}
      danger
      busy={archive.isPending}
      onConfirm={() => archive.mutate({ params: { accountId: code.accountId, qrCodeId: code.id } })}
      onCancel={onClose}
    />
  )
}
