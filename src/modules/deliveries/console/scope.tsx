import { Form, Select, Switch, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAccounts } from '../../../console/session.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'

/** Where a limit holds: everywhere, or in one account. */
export function ScopeTag({ accountId }: { accountId: string | null }) {
  const { t } = useTranslation()
  const { data } = useAccounts()
  if (accountId === null) return <>{t('limits.everywhere')}</>
  return <Tag>{data?.items.find(({ id }) => id === accountId)?.name ?? accountId}</Tag>
}

export function EnabledTag({ enabled }: { enabled: boolean }) {
  const { t } = useTranslation()
  return <StateTag tone={enabled ? 'good' : 'idle'}>{t(enabled ? 'limits.enabled' : 'limits.off')}</StateTag>
}

/** `''` stands for everywhere: a select shows no null. */
export function AccountItem() {
  const { t } = useTranslation()
  const { data } = useAccounts()
  const accounts = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))
  return (
    <Form.Item name="accountId" label={t('limits.scope')}>
      <Select options={[{ value: '', label: t('limits.everywhere') }, ...accounts]} />
    </Form.Item>
  )
}

export function PurposeItem({ label }: { label: string }) {
  const { t } = useTranslation()
  return (
    <Form.Item name="purpose" label={label} extra={t('limits.purposeHint')}>
      <Select
        options={(['marketing', 'any'] as const).map((value) => ({
          value,
          label: t(`limits.purposes.${value}`),
        }))}
      />
    </Form.Item>
  )
}

export function ActionItem({ label, hint }: { label: string; hint: string }) {
  const { t } = useTranslation()
  return (
    <Form.Item name="action" label={label} extra={hint}>
      <Select
        options={(['postpone', 'drop'] as const).map((value) => ({
          value,
          label: t(`limits.actions.${value}`),
        }))}
      />
    </Form.Item>
  )
}

export function EnabledItem() {
  const { t } = useTranslation()
  return (
    <Form.Item name="enabled" label={t('limits.enabled')} valuePropName="checked">
      <Switch />
    </Form.Item>
  )
}
