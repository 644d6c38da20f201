import {
  CopyOutlined,
  DeleteOutlined,
  PauseOutlined,
  PlayCircleOutlined,
  StopOutlined,
  UndoOutlined,
} from '@ant-design/icons'
import { Button, Popconfirm, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../../console/ui/ConfirmWithNumbers.tsx'
import {
  type Broadcast,
  cancelBroadcastEndpoint,
  copyBroadcastEndpoint,
  getBroadcastEndpoint,
  listBatchesEndpoint,
  listBroadcastsEndpoint,
  pauseBroadcastEndpoint,
  resumeBroadcastEndpoint,
  unscheduleBroadcastEndpoint,
} from '../../schema.ts'
import { DeleteDraftButton } from '../DeleteDraftButton.tsx'
import { SaveSegmentButton } from './SaveSegmentButton.tsx'
import { WithdrawModal } from './WithdrawModal.tsx'

const CHANGED = [getBroadcastEndpoint, listBroadcastsEndpoint, listBatchesEndpoint]

/** What can be done with it now; the server says which of these make sense. */
export function BroadcastActions({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const maySend = useCan('broadcasts:send')
  const mayWrite = useCan('broadcasts:write')
  const accountId = useAccountId()
  const [withdrawing, setWithdrawing] = useState(false)
  const params = { accountId, broadcastId: broadcast.id }
  const pause = useEndpointMutation(pauseBroadcastEndpoint, { invalidates: CHANGED })
  const resume = useEndpointMutation(resumeBroadcastEndpoint, { invalidates: CHANGED })
  const unschedule = useEndpointMutation(unscheduleBroadcastEndpoint, { invalidates: CHANGED })
  const { can } = broadcast
  const denied = maySend ? undefined : t('common.notAllowed')
  return (
    <>
      <SaveSegmentButton broadcast={broadcast} />
      <CopyButton broadcastId={broadcast.id} />
      {can.delete && <DeleteDraftButton broadcastId={broadcast.id} />}
      {can.edit && mayWrite && (
        <Link to={`/accounts/${accountId}/broadcasts/${broadcast.id}/edit`}>
          <Button type="primary">{t('common.edit')}</Button>
        </Link>
      )}
      {can.withdraw && (
        <Tooltip title={denied}>
          <Button icon={<DeleteOutlined />} danger disabled={!maySend} onClick={() => setWithdrawing(true)}>
            {t('broadcasts.withdraw')}
          </Button>
        </Tooltip>
      )}
      {can.unschedule && (
        <Popconfirm
          title={t('massGroups.unscheduleTitle')}
          description={t('massGroups.unscheduleHint')}
          okText={t('massGroups.unschedule')}
          disabled={!maySend}
          onConfirm={() => unschedule.mutate({ params })}
        >
          <Tooltip title={denied}>
            <Button icon={<UndoOutlined />} disabled={!maySend} loading={unschedule.isPending}>
              {t('massGroups.unschedule')}
            </Button>
          </Tooltip>
        </Popconfirm>
      )}
      {can.cancel && <CancelButton broadcast={broadcast} denied={denied} />}
      {can.pause && (
        <Popconfirm
          title={t('broadcasts.pauseTitle')}
          description={t('broadcasts.pauseHint')}
          okText={t('broadcasts.pause')}
          disabled={!maySend}
          onConfirm={() => pause.mutate({ params })}
        >
          <Tooltip title={denied}>
            <Button icon={<PauseOutlined />} disabled={!maySend} loading={pause.isPending}>
              {t('broadcasts.pause')}
            </Button>
          </Tooltip>
        </Popconfirm>
      )}
      {can.resume && (
        <Tooltip title={denied}>
          <Button
            type="primary"
            icon={<PlayCircleOutlined />}
            disabled={!maySend}
            loading={resume.isPending}
            onClick={() => resume.mutate({ params })}
          >
            {t('broadcasts.resume')}
          </Button>
        </Tooltip>
      )}
      <WithdrawModal broadcast={broadcast} open={withdrawing} onClose={() => setWithdrawing(false)} />
    </>
  )
}

function CopyButton({ broadcastId }: { broadcastId: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('broadcasts:write')
  const copy = useEndpointMutation(copyBroadcastEndpoint, {
    invalidates: [listBroadcastsEndpoint],
    success: t('broadcasts.copied'),
    onSuccess: (made) => void navigate(`/accounts/${accountId}/broadcasts/${made.id}/edit`),
  })
  return (
    <Tooltip title={mayWrite ? undefined : t('common.notAllowed')}>
      <Button
        icon={<CopyOutlined />}
        disabled={!mayWrite}
        loading={copy.isPending}
        onClick={() => copy.mutate({ params: { accountId, broadcastId } })}
      >
        {t('broadcasts.copy')}
      </Button>
    </Tooltip>
  )
}

function CancelButton({ broadcast, denied }: { broadcast: Broadcast; denied: string | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const [asking, setAsking] = useState(false)
  const cancel = useEndpointMutation(cancelBroadcastEndpoint, {
    invalidates: CHANGED,
    onSuccess: () => setAsking(false),
  })
  return (
    <>
      <Tooltip title={denied}>
        <Button
          danger
          icon={<StopOutlined />}
          disabled={denied !== undefined}
          onClick={() => setAsking(true)}
        >
          {t('broadcasts.cancel')}
        </Button>
      </Tooltip>
      <ConfirmWithNumbers
        open={asking}
        title={t('broadcasts.cancelTitle')}
        numbers={[
          {
            label: t('broadcasts.cancelStopped'),
            value: format.number(broadcast.totals.waiting),
            strong: true,
          },
          { label: t('broadcasts.cancelGone'), value: format.number(broadcast.totals.submitted) },
        ]}
        note={t('broadcasts.cancelHint')}
        okText={t('broadcasts.cancel')}
        cancelText={t('broadcasts.cancelNot')}
        danger
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate({ params: { accountId, broadcastId: broadcast.id } })}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
