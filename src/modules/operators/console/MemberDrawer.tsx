import { Button, Drawer, Form, Input, Popconfirm, Radio, Select, Space, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccounts, useMe } from '../../../console/session.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import type { BodyInputOf } from '../../../kernel/endpoint.ts'
import {
  createOperatorEndpoint,
  listOperatorsEndpoint,
  type Operator,
  PASSWORD_MIN,
  password,
  ROLES,
  updateOperatorEndpoint,
} from '../schema.ts'

type Fields = BodyInputOf<typeof createOperatorEndpoint>
const fields = createOperatorEndpoint.body!

/** Adds a member or changes one. */
export function MemberDrawer({
  member,
  onClose,
}: {
  member: Operator | 'new' | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <Drawer
      open={member !== undefined}
      onClose={onClose}
      size={440}
      destroyOnHidden
      title={t(member === 'new' ? 'operators.add' : 'operators.edit')}
    >
      {member !== undefined && (
        <MemberForm
          key={member === 'new' ? 'new' : member.id}
          member={member === 'new' ? undefined : member}
          onDone={onClose}
        />
      )}
    </Drawer>
  )
}

function MemberForm({ member, onDone }: { member: Operator | undefined; onDone: () => void }) {
  const { t } = useTranslation()
  const options = { invalidates: [listOperatorsEndpoint], success: t('common.saved'), onSuccess: onDone }
  const create = useEndpointMutation(createOperatorEndpoint, options)
  const update = useEndpointMutation(updateOperatorEndpoint, options)
  const finish = (values: Fields) => {
    if (member === undefined) create.mutate({ body: values })
    else
      update.mutate({
        params: { operatorId: member.id },
        body: { ...values, password: values.password || undefined },
      })
  }
  const passwordRule = t('operators.passwordRule', { min: PASSWORD_MIN })
  return (
    <Form<Fields>
      layout="vertical"
      initialValues={member ?? { role: 'operator', allAccounts: false, accountIds: [] }}
      onFinish={finish}
    >
      <Form.Item
        name="name"
        label={t('operators.name')}
        required
        rules={[schemaRule(fields.shape.name, t('operators.nameInvalid'))]}
      >
        <Input autoFocus={member === undefined} />
      </Form.Item>
      {member === undefined ? (
        <Form.Item
          name="email"
          label={t('operators.email')}
          required
          validateTrigger="onBlur"
          rules={[schemaRule(fields.shape.email, t('operators.emailInvalid'))]}
        >
          <Input type="email" autoComplete="off" />
        </Form.Item>
      ) : (
        <Form.Item label={t('operators.email')}>{member.email}</Form.Item>
      )}
      <Form.Item name="role" label={t('operators.role')}>
        <Radio.Group style={{ display: 'grid', gap: 8 }}>
          {ROLES.map((role) => (
            <Radio key={role} value={role}>
              {t(`roles.${role}`)}
              <div className="w-faint w-small">{t(`rolesHint.${role}`)}</div>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <AccountFields />
      <Form.Item
        name="password"
        label={t(member ? 'operators.newPassword' : 'operators.firstPassword')}
        extra={member ? t('operators.newPasswordHint') : passwordRule}
        rules={[schemaRule(member ? password.optional() : password, passwordRule)]}
        required={member === undefined}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Space>
        <Button type="primary" htmlType="submit" loading={create.isPending || update.isPending}>
          {t('common.save')}
        </Button>
        {member && <DisableButton member={member} onDone={onDone} />}
      </Space>
    </Form>
  )
}

function AccountFields() {
  const { t } = useTranslation()
  const accounts = useAccounts()
  const form = Form.useFormInstance<Fields>()
  const role = Form.useWatch('role', form)
  const all = Form.useWatch('allAccounts', form)
  if (role === 'administrator')
    return <Form.Item label={t('operators.accounts')}>{t('operators.allAccounts')}</Form.Item>
  return (
    <>
      <Form.Item name="allAccounts" label={t('operators.allAccounts')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="accountIds" label={t('operators.accounts')} hidden={all === true}>
        <Select
          mode="multiple"
          options={accounts.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          placeholder={t('operators.chooseAccounts')}
        />
      </Form.Item>
    </>
  )
}

function DisableButton({ member, onDone }: { member: Operator; onDone: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const update = useEndpointMutation(updateOperatorEndpoint, {
    invalidates: [listOperatorsEndpoint],
    success: t('common.saved'),
    onSuccess: onDone,
  })
  const change = (disabled: boolean) =>
    update.mutate({ params: { operatorId: member.id }, body: { disabled } })
  if (member.id === me.id) return null
  if (member.disabled) return <Button onClick={() => change(false)}>{t('operators.enable')}</Button>
  return (
    <Popconfirm
      title={t('operators.disableTitle')}
      description={t('operators.disableHint')}
      okText={t('operators.disable')}
      onConfirm={() => change(true)}
    >
      <Button danger loading={update.isPending}>
        {t('operators.disable')}
      </Button>
    </Popconfirm>
  )
}
