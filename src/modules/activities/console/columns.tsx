import { MoreOutlined } from '@ant-design/icons'
import { Button, Dropdown, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCan } from '../../../console/session.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import type { Activity } from '../schema.ts'
import { ActivityModal } from './ActivityModal.tsx'
import { ArchiveActivity } from './ArchiveActivity.tsx'

export function useActivityColumns(): TableColumnsType<Activity> {
  const { t } = useTranslation()
  const format = useFormat()
  const canManage = useCan('activities:manage')
  return [
    {
      title: t('activities.name'),
      render: (_, activity) => (
        <>
          <Link to={`/settings/activities/${activity.id}`}>{activity.name}</Link>{' '}
          {activity.archived && <StateTag tone="idle">{t('activities.archived')}</StateTag>}
        </>
      ),
    },
    { title: t('activities.goal'), dataIndex: 'goal', ellipsis: true },
    { title: t('activities.period'), className: 'w-nowrap', render: (_, activity) => periodOf(activity) },
    {
      title: t('activities.broadcasts'),
      align: 'right',
      render: (_, activity) => format.number(activity.broadcasts),
    },
    {
      title: t('activities.campaigns'),
      align: 'right',
      render: (_, activity) => format.number(activity.campaigns),
    },
    {
      title: t('common.createdAt'),
      dataIndex: 'createdAt',
      className: 'w-nowrap',
      render: (at: string) => format.instant(at),
    },
    {
      key: 'actions',
      className: 'w-right',
      render: (_, activity) => canManage && <ActivityActions activity={activity} />,
    },
  ]
}

/** Both days included; `—` where the activity has none. */
export const periodOf = ({ startsOn, endsOn }: Pick<Activity, 'startsOn' | 'endsOn'>): string =>
  startsOn === null && endsOn === null ? '—' : `${startsOn ?? ''} – ${endsOn ?? ''}`

export function ActivityActions({ activity }: { activity: Activity }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<'edit' | 'archive' | 'delete'>()
  const close = () => setOpen(undefined)
  const isUsed = activity.broadcasts + activity.campaigns > 0
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'edit', label: t('activities.edit'), onClick: () => setOpen('edit') },
            {
              key: 'archive',
              label: t(activity.archived ? 'activities.unarchive' : 'activities.archive'),
              onClick: () => setOpen('archive'),
            },
            {
              key: 'delete',
              danger: true,
              disabled: isUsed,
              label: t('common.delete'),
              onClick: () => setOpen('delete'),
            },
          ],
        }}
      >
        <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t('common.more')} />
      </Dropdown>
      {open === 'edit' && <ActivityModal activity={activity} onClose={close} />}
      {(open === 'archive' || open === 'delete') && (
        <ArchiveActivity activity={activity} verb={open} onClose={close} />
      )}
    </>
  )
}
