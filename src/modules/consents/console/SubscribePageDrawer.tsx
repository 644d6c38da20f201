import { Button, Drawer, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import {
  createSubscribePageEndpoint,
  listSubscribePagesEndpoint,
  listSubscriptionsEndpoint,
  MAX_TEMPLATES_PER_PAGE,
  type SubscribePage,
  type SubscribePageInput,
  type SubscriptionSummary,
  updateSubscribePageEndpoint,
} from '../schema.ts'

export function SubscribePageDrawer({
  edited,
  onClose,
}: {
  edited: SubscribePage | 'new' | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <Drawer
      open={edited !== undefined}
      onClose={onClose}
      size={480}
      destroyOnHidden
      title={t(edited === 'new' ? 'consents.newPage' : 'consents.editPage')}
    >
      {edited !== undefined && <PageForm page={edited === 'new' ? undefined : edited} onDone={onClose} />}
    </Drawer>
  )
}

function PageForm({ page, onDone }: { page: SubscribePage | undefined; onDone: () => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const done = {
    invalidates: [listSubscribePagesEndpoint],
    success: t('consents.pageSaved'),
    onSuccess: onDone,
  }
  const create = useEndpointMutation(createSubscribePageEndpoint, done)
  const update = useEndpointMutation(updateSubscribePageEndpoint, done)
  const save = (body: SubscribePageInput) =>
    page === undefined
      ? create.mutate({ params: { accountId }, body })
      : update.mutate({ params: { accountId, pageId: page.id }, body })
  const initial = page
    ? { ...page, templateIds: page.templates.filter(({ gone }) => !gone).map(({ id }) => id) }
    : { button: t('consents.pageButtonDefault'), templateIds: [] }
  const required = { required: true, whitespace: true, message: t('operators.nameInvalid') }
  return (
    <Form<SubscribePageInput>
      layout="vertical"
      initialValues={initial}
      onFinish={({ text, ...rest }) => save({ ...rest, text: text ?? '' })}
    >
      <Form.Item
        name="name"
        label={t('consents.pageName')}
        extra={t('consents.pageNameHint')}
        rules={[required]}
      >
        <Input maxLength={60} autoFocus />
      </Form.Item>
      <TemplatesField />
      <Form.Item name="title" label={t('consents.pageTitle')} rules={[required]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="text" label={t('consents.pageText')} extra={t('consents.pageTextHint')}>
        <Input.TextArea maxLength={500} showCount autoSize={{ minRows: 3, maxRows: 8 }} />
      </Form.Item>
      <Form.Item name="button" label={t('consents.pageButton')} rules={[required]}>
        <Input maxLength={20} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={create.isPending || update.isPending}>
        {t('common.save')}
      </Button>
    </Form>
  )
}

/** Once one is chosen, those of the other term can't be. */
function TemplatesField() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { data, isPending } = useEndpoint(listSubscriptionsEndpoint, { params: { accountId } })
  const usable = data?.items.filter(({ goneAt }) => goneAt === null) ?? []
  const chosen = Form.useWatch<string[] | undefined>('templateIds')
  const term = usable.find(({ id }) => id === chosen?.[0])?.term
  const option = ({ id, title, term: own }: SubscriptionSummary) => ({
    value: id,
    label: own === null ? title : `${title}（${t(`templates.term.${own}`)}）`,
    disabled: term !== undefined && own !== term,
  })
  return (
    <Form.Item
      name="templateIds"
      label={t('consents.pageTemplates')}
      extra={t('consents.pageTemplatesHint')}
      rules={[{ required: true, type: 'array', min: 1, message: t('consents.pageTemplatesInvalid') }]}
    >
      <Select
        mode="multiple"
        loading={isPending}
        maxCount={MAX_TEMPLATES_PER_PAGE}
        options={usable.map(option)}
        optionFilterProp="label"
      />
    </Form.Item>
  )
}
