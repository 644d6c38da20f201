import { Button, Space, Table, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import {
  listOwnTagsEndpoint,
  listTagConflictsEndpoint,
  listTagsEndpoint,
  settleTagConflictEndpoint,
  type TagConflict,
} from '../schema.ts'

type Choice = 'retry' | 'keep_wechat' | 'keep_own'
const EVERY_MS = 15_000
/** About the tag: whose name or existence counts. About fans: tell WeChat again, or do here as it has it. */
const choicesOf = (conflict: TagConflict): Choice[] =>
  conflict.link === null
    ? []
    : conflict.reason === 'renamed' || conflict.reason === 'deleted'
      ? ['keep_wechat', 'keep_own']
      : ['retry', 'keep_wechat']

/** Where a linked pair differs until someone decides; nothing where all agree. */
export function Conflicts() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [asking, setAsking] = useState<{ conflict: TagConflict; choice: Choice }>()
  const query = useEndpoint(listTagConflictsEndpoint, { params: { accountId } }, { every: EVERY_MS })
  const columns = useColumns((conflict, choice) => setAsking({ conflict, choice }))
  const items = query.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section style={{ marginBottom: 16 }}>
      <h2 className="w-section-title">{t('tags.conflicts')}</h2>
      <div className="w-table-panel">
        <Table
          size="middle"
          rowKey={(row) => `${row.wechatTagId} ${row.reason}`}
          columns={columns}
          dataSource={items}
          pagination={false}
          scroll={{ x: 640 }}
        />
      </div>
      <Confirm asking={asking} onClose={() => setAsking(undefined)} />
    </section>
  )
}

function useColumns(
  onChoose: (conflict: TagConflict, choice: Choice) => void,
): TableColumnsType<TagConflict> {
  const { t } = useTranslation()
  const format = useFormat()
  const base = `/accounts/${useAccountId()}`
  const canWrite = useCan('tags:write')
  return [
    { title: t('tags.wechat'), render: (_, row) => row.wechatName ?? `#${row.wechatTagId}` },
    { title: t('tags.own'), render: (_, row) => row.link?.name ?? '—' },
    { title: t('tags.conflict'), render: (_, row) => t(`tags.conflictReasons.${row.reason}`) },
    {
      title: t('tags.fans'),
      align: 'right',
      render: (_, row) => (row.fans === 0 ? '—' : format.number(row.fans)),
    },
    {
      title: t('tags.examples'),
      render: (_, row) => (
        <Space size={8}>
          {row.examples.map(({ fanId, give }) => (
            <Link key={fanId} to={`${base}/fans/${fanId}`}>
              {t(give ? 'tags.toGive' : 'tags.toTake', { id: fanId })}
            </Link>
          ))}
        </Space>
      ),
    },
    {
      key: 'actions',
      className: 'w-right',
      render: (_, row) =>
        canWrite &&
        choicesOf(row).map((choice) => (
          <Button key={choice} type="link" size="small" onClick={() => onChoose(row, choice)}>
            {t(choiceKey(row, choice))}
          </Button>
        )),
    },
  ]
}

const choiceKey = ({ reason }: TagConflict, choice: Choice) =>
  reason === 'renamed' || reason === 'deleted'
    ? (`tags.choices.${reason}_${choice === 'keep_own' ? 'own' : 'wechat'}` as const)
    : choice === 'retry'
      ? ('tags.choices.retry' as const)
      : ('tags.choices.keep_wechat' as const)

type Asking = { conflict: TagConflict; choice: Choice } | undefined

function Confirm({ asking, onClose }: { asking: Asking; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const settle = useEndpointMutation(settleTagConflictEndpoint, {
    invalidates: [listTagConflictsEndpoint, listTagsEndpoint, listOwnTagsEndpoint],
    success: t('common.saved'),
    onSuccess: onClose,
  })
  const { conflict, choice } = asking ?? {}
  const title = conflict && choice ? t(choiceKey(conflict, choice)) : ''
  return (
    <ConfirmWithNumbers
      open={asking !== undefined}
      title={title}
      numbers={[{ label: t('tags.fans'), value: format.number(conflict?.fans ?? 0), strong: true }]}
      note={conflict && t(`tags.conflictReasons.${conflict.reason}`)}
      okText={t('common.confirm')}
      busy={settle.isPending}
      onConfirm={() =>
        conflict &&
        choice &&
        settle.mutate({
          params: { accountId },
          body: { wechatTagId: conflict.wechatTagId, reason: conflict.reason, choice },
        })
      }
      onCancel={onClose}
    />
  )
}
