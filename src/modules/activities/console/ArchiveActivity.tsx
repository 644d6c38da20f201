import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import {
  type Activity,
  changeActivityEndpoint,
  deleteActivityEndpoint,
  listActivitiesEndpoint,
} from '../schema.ts'

const invalidates = [listActivitiesEndpoint]

/** Asks before an activity is archived, taken back, or deleted, with what is filed under it. */
export function ArchiveActivity({
  activity,
  verb,
  onClose,
}: {
  activity: Activity
  verb: 'archive' | 'delete'
  onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const change = useEndpointMutation(changeActivityEndpoint, {
    invalidates,
    success: t('common.saved'),
    onSuccess: onClose,
  })
  const remove = useEndpointMutation(deleteActivityEndpoint, {
    invalidates,
    success: t('common.deleted'),
    onSuccess: () => void navigate('/settings/activities'),
  })
  const params = { activityId: activity.id }
  const name = verb === 'delete' ? 'delete' : activity.archived ? 'unarchive' : 'archive'
  return (
    <ConfirmWithNumbers
      open
      title={t(`activities.ask.${name}`, { name: activity.name })}
      numbers={[
        { label: t('activities.broadcasts'), value: format.number(activity.broadcasts) },
        { label: t('activities.campaigns'), value: format.number(activity.campaigns) },
      ]}
      note={t(`activities.askNote.${name}`)}
      okText={t(name === 'delete' ? 'common.delete' : `activities.${name}`)}
      danger={verb === 'delete'}
      busy={change.isPending || remove.isPending}
      onConfirm={() =>
        verb === 'delete'
          ? remove.mutate({ params })
          : change.mutate({ params, body: { archived: !activity.archived } })
      }
      onCancel={onClose}
    />
  )
}
