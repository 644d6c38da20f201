import { DatePicker, Form, Input, Modal } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import {
  type Activity,
  activityName,
  changeActivityEndpoint,
  createActivityEndpoint,
  listActivitiesEndpoint,
  MAX_GOAL_LENGTH,
} from '../schema.ts'

type Fields = { name: string; goal: string; startsOn: Dayjs | null; endsOn: Dayjs | null }
const invalidates = [listActivitiesEndpoint]
const asDay = (day: Dayjs | null) => day?.format('YYYY-MM-DD') ?? null

/** Makes an activity, or changes one. */
export function ActivityModal({ activity, onClose }: { activity?: Activity; onClose: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Fields>()
  const saved = { invalidates, success: t('common.saved'), onSuccess: onClose }
  const create = useEndpointMutation(createActivityEndpoint, saved)
  const change = useEndpointMutation(changeActivityEndpoint, saved)
  const save = ({ name, goal, startsOn, endsOn }: Fields) => {
    const body = { name: name.trim(), goal: goal.trim(), startsOn: asDay(startsOn), endsOn: asDay(endsOn) }
    if (activity === undefined) create.mutate({ body })
    else change.mutate({ params: { activityId: activity.id }, body })
  }
  const initialValues = {
    name: activity?.name ?? '',
    goal: activity?.goal ?? '',
    startsOn: activity?.startsOn ? dayjs(activity.startsOn) : null,
    endsOn: activity?.endsOn ? dayjs(activity.endsOn) : null,
  }
  return (
    <Modal
      open
      title={t(activity === undefined ? 'activities.create' : 'activities.edit')}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      confirmLoading={create.isPending || change.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
      width={480}
    >
      <Form form={form} layout="vertical" onFinish={save} initialValues={initialValues}>
        <Form.Item name="name" label={t('activities.name')} rules={[schemaRule(activityName)]}>
          <Input autoFocus maxLength={60} placeholder={t('activities.namePlaceholder')} />
        </Form.Item>
        <Form.Item name="goal" label={t('activities.goal')} extra={t('activities.goalHint')}>
          <Input.TextArea rows={3} maxLength={MAX_GOAL_LENGTH} showCount />
        </Form.Item>
        <Form.Item name="startsOn" label={t('activities.startsOn')}>
          <DatePicker style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item
          name="endsOn"
          label={t('activities.endsOn')}
          dependencies={['startsOn']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_, value: Dayjs | null) => {
                const start = getFieldValue('startsOn') as Dayjs | null
                return value && start && value.isBefore(start, 'day')
                  ? Promise.reject(new Error(t('errors.ends_before_it_begins')))
                  : Promise.resolve()
              },
            }),
          ]}
        >
          <DatePicker style={{ width: '100%' }} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
