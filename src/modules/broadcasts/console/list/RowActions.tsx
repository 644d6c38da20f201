import { EllipsisOutlined } from '@ant-design/icons'
import { App, Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import {
  type BroadcastListItem,
  copyBroadcastEndpoint,
  getBroadcastEndpoint,
  listBroadcastsEndpoint,
  unscheduleBroadcastEndpoint,
} from '../../schema.ts'
import { DeleteDraftButton } from '../DeleteDraftButton.tsx'
import { WaitingActions } from '../WaitingActions.tsx'

const CHANGED = [getBroadcastEndpoint, listBroadcastsEndpoint]

/** What can be done with a send from its row; clicking here doesn't open it. */
export function RowActions({ row }: { row: BroadcastListItem }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayWrite = useCan('broadcasts:write')
  const page = `/accounts/${accountId}/broadcasts/${row.id}`
  const asks = row.groups.some(({ arms }) => arms.some(({ can }) => can.answer))
  return (
    <div className="w-row-actions" onClick={(event) => event.stopPropagation()}>
      {row.can.edit && mayWrite && (
        <>
          <Link to={`${page}/edit`}>{t('common.edit')}</Link>
          <Link to={`${page}/edit?step=review`}>{t('massGroups.toSend')}</Link>
          <DeleteDraftButton broadcastId={row.id} />
        </>
      )}
      <WaitingActions broadcastId={row.id} groups={row.groups} />
      {(asks || row.can.resume) && <Link to={page}>{t('massGroups.decide')}</Link>}
      <More row={row} />
    </div>
  )
}

function More({ row }: { row: BroadcastListItem }) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('broadcasts:write')
  const maySend = useCan('broadcasts:send')
  const params = { accountId, broadcastId: row.id }
  const edit = (id: string) => void navigate(`/accounts/${accountId}/broadcasts/${id}/edit`)
  const copy = useEndpointMutation(copyBroadcastEndpoint, {
    invalidates: CHANGED,
    success: t('broadcasts.copied'),
    onSuccess: (made) => edit(made.id),
  })
  const unschedule = useEndpointMutation(unscheduleBroadcastEndpoint, {
    invalidates: CHANGED,
    onSuccess: () => edit(row.id),
  })
  const askUnschedule = () =>
    modal.confirm({
      title: t('massGroups.unscheduleTitle'),
      content: t('massGroups.unscheduleHint'),
      okText: t('massGroups.unschedule'),
      onOk: () => unschedule.mutate({ params }),
    })
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          ...(row.can.unschedule
            ? [
                {
                  key: 'unschedule',
                  label: t('massGroups.unschedule'),
                  disabled: !maySend,
                  onClick: askUnschedule,
                },
              ]
            : []),
          {
            key: 'copy',
            label: t('broadcasts.copy'),
            disabled: !mayWrite,
            onClick: () => copy.mutate({ params }),
          },
        ],
      }}
    >
      <Button
        type="text"
        size="small"
        icon={<EllipsisOutlined />}
        aria-label={t('massGroups.moreActions')}
        loading={copy.isPending || unschedule.isPending}
      />
    </Dropdown>
  )
}
