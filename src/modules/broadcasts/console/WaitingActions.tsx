import { Button, Modal, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCan } from '../../../console/session.ts'
import { BeijingTime } from '../../../console/ui/BeijingTime.tsx'
import type { GroupSummary } from '../schema.ts'
import { useWaiting } from './use-waiting.ts'

/** Groups whose time has not come: they can be re-timed, sent now and deleted. */
const waitingIn = (groups: readonly GroupSummary[]): GroupSummary[] =>
  groups.filter(({ arms }) => arms.some(({ can }) => can.retime))

/** 改时间、立即发送、删除, of one group or of all that wait; nothing where none does. */
export function WaitingActions({
  broadcastId,
  groups,
}: {
  broadcastId: string
  groups: readonly GroupSummary[]
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const maySend = useCan('broadcasts:send')
  const { busy, retime, remove } = useWaiting(broadcastId)
  const [at, setAt] = useState<string | null>()
  const waiting = waitingIn(groups)
  const [first] = waiting
  if (first === undefined) return null
  const places = waiting.map(({ place }) => place)
  const arms = waiting.flatMap((group) => group.arms)
  const people = arms.reduce((sum, { totals }) => sum + totals.planned, 0)
  const was = arms.find(({ sendAt }) => sendAt !== null)?.sendAt ?? null
  const several = waiting.length > 1
  const about = {
    names: waiting.map(({ name }) => name).join(t('audience.comma')),
    number: format.number(people),
  }
  const set = async () => {
    if (at && (await retime(places, at))) setAt(undefined)
  }
  return (
    <>
      <Button type="link" size="small" disabled={!maySend || busy} onClick={() => setAt(was)}>
        {t('massGroups.retime')}
      </Button>
      <Popconfirm
        title={t(several ? 'massGroups.sendAllNowTitle' : 'massGroups.sendNowTitle')}
        description={t('massGroups.sendNowHint', about)}
        okText={t('massGroups.sendNow')}
        onConfirm={() => retime(places, null)}
      >
        <Button type="link" size="small" disabled={!maySend || busy}>
          {t('massGroups.sendNow')}
        </Button>
      </Popconfirm>
      <Popconfirm
        title={t(several ? 'massGroups.cancelAllTitle' : 'massGroups.cancelTitle')}
        description={t('massGroups.cancelHint', about)}
        okText={t('massGroups.cancel')}
        okButtonProps={{ danger: true }}
        onConfirm={() => remove(places)}
      >
        <Button type="link" size="small" danger disabled={!maySend || busy}>
          {t('massGroups.cancel')}
        </Button>
      </Popconfirm>
      <Modal
        open={at !== undefined}
        title={`${t('massGroups.retime')} · ${about.names}`}
        okButtonProps={{ disabled: at === null || at === was }}
        confirmLoading={busy}
        onCancel={() => setAt(undefined)}
        onOk={() => void set()}
      >
        <BeijingTime value={at ?? null} label={t('massGroups.sendAt')} onChange={setAt} />
        <p className="w-faint w-small">{t(several ? 'massGroups.beijingAll' : 'massGroups.beijing')}</p>
      </Modal>
    </>
  )
}
