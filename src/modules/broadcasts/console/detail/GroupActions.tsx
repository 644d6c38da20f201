import { Button, Modal, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { BeijingTime } from '../../../../console/ui/BeijingTime.tsx'
import {
  type Arm,
  cancelGroupEndpoint,
  type Group,
  getBroadcastEndpoint,
  listBatchesEndpoint,
  listBroadcastsEndpoint,
  retimeGroupEndpoint,
} from '../../schema.ts'

const CHANGED = [getBroadcastEndpoint, listBroadcastsEndpoint, listBatchesEndpoint]

/** 改时间、立即发送、删除, until its time has come. */
export function GroupActions({ broadcastId, group, arm }: { broadcastId: string; group: Group; arm: Arm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const maySend = useCan('broadcasts:send')
  const [at, setAt] = useState<string | null>()
  const params = { accountId, broadcastId, place: group.place }
  const retime = useEndpointMutation(retimeGroupEndpoint, {
    invalidates: CHANGED,
    onSuccess: () => setAt(undefined),
  })
  const cancel = useEndpointMutation(cancelGroupEndpoint, { invalidates: CHANGED })
  if (!arm.can.retime) return null
  return (
    <>
      <Button type="link" size="small" disabled={!maySend} onClick={() => setAt(arm.sendAt)}>
        {t('massGroups.retime')}
      </Button>
      <Popconfirm
        title={t('massGroups.sendNowTitle')}
        okText={t('massGroups.sendNow')}
        onConfirm={() => retime.mutate({ params, body: { sendAt: null } })}
      >
        <Button type="link" size="small" disabled={!maySend}>
          {t('massGroups.sendNow')}
        </Button>
      </Popconfirm>
      <Popconfirm
        title={t('massGroups.cancelTitle')}
        description={t('massGroups.cancelHint', { number: format.number(arm.totals.planned) })}
        okText={t('massGroups.cancel')}
        okButtonProps={{ danger: true }}
        onConfirm={() => cancel.mutate({ params })}
      >
        <Button type="link" size="small" danger disabled={!maySend} loading={cancel.isPending}>
          {t('massGroups.cancel')}
        </Button>
      </Popconfirm>
      <Modal
        open={at !== undefined}
        title={`${t('massGroups.retime')} · ${group.name}`}
        okButtonProps={{ disabled: at === null || at === arm.sendAt }}
        confirmLoading={retime.isPending}
        onCancel={() => setAt(undefined)}
        onOk={() => at && retime.mutate({ params, body: { sendAt: at } })}
      >
        <BeijingTime value={at ?? null} label={t('massGroups.sendAt')} onChange={setAt} />
        <p className="w-faint w-small">{t('massGroups.beijing')}</p>
      </Modal>
    </>
  )
}
