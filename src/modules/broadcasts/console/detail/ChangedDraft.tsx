import { Alert, Button, Modal, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { listAuditEntriesEndpoint } from '../../../audit/schema.ts'
import type { SourceChange } from '../../../contents/schema.ts'
import {
  type Arm,
  answerArmEndpoint,
  type Group,
  getBroadcastEndpoint,
  listBatchesEndpoint,
  listBroadcastsEndpoint,
} from '../../schema.ts'
import { Change } from '../edit/ChangedSources.tsx'

const CHANGED = [getBroadcastEndpoint, listBroadcastsEndpoint, listBatchesEndpoint, listAuditEntriesEndpoint]

type Props = { broadcastId: string; group: Group; arm: Arm }

/** 图文有变化: what was confirmed and what WeChat has now, and the three ways to go on. */
export function ChangedDraft({ broadcastId, group, arm }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const maySend = useCan('broadcasts:send')
  const [open, setOpen] = useState(false)
  const answer = useEndpointMutation(answerArmEndpoint, {
    invalidates: CHANGED,
    onSuccess: () => setOpen(false),
  })
  const say = (what: 'send' | 'send-new' | 'skip') =>
    answer.mutate({ params: { accountId, broadcastId, number: arm.number }, body: { do: what } })
  const saying = answer.isPending ? answer.variables.body.do : undefined
  const changes = (arm.detail?.['changes'] ?? []) as SourceChange[]
  const gone = changes.some(({ what }) => what === 'gone')
  return (
    <>
      <Alert
        type="warning"
        showIcon
        style={{ marginBottom: 12 }}
        title={
          arm.sendAt === null
            ? t('massFollowing.changed.asksNow', { name: group.name })
            : t('massFollowing.changed.asks', { name: group.name, at: format.instant(arm.sendAt) })
        }
        action={
          <Button type="primary" onClick={() => setOpen(true)}>
            {t('massFollowing.changed.look')}
          </Button>
        }
      />
      <Modal
        open={open}
        width={760}
        title={t('massFollowing.changed.title', { name: group.name })}
        onCancel={() => setOpen(false)}
        footer={
          <>
            <Popconfirm
              title={t('massFollowing.changed.skipTitle')}
              description={t('massFollowing.changed.skipHint', { number: format.number(arm.totals.planned) })}
              okText={t('massFollowing.changed.skip')}
              okButtonProps={{ danger: true }}
              disabled={!maySend}
              onConfirm={() => say('skip')}
            >
              <Button danger disabled={!maySend} loading={saying === 'skip'}>
                {t('massFollowing.changed.skip')}
              </Button>
            </Popconfirm>
            <Button
              type={gone ? 'primary' : 'default'}
              disabled={!maySend}
              loading={saying === 'send'}
              onClick={() => say('send')}
            >
              {t('massFollowing.changed.send')}
            </Button>
            {!gone && (
              <Button
                type="primary"
                disabled={!maySend}
                loading={saying === 'send-new'}
                onClick={() => say('send-new')}
              >
                {t('massFollowing.changed.sendNew')}
              </Button>
            )}
          </>
        }
      >
        <p className="w-soft">{t('massFollowing.changed.hint')}</p>
        {gone && (
          <Alert
            type="warning"
            showIcon
            title={t('massFollowing.changed.gone')}
            style={{ marginBottom: 12 }}
          />
        )}
        {changes.map((change) => (
          <Change key={change.place} change={change} before={t('massFollowing.changed.before')} />
        ))}
      </Modal>
    </>
  )
}
