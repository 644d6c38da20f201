import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { type deleteCapEndpoint, type deleteQuietEndpoint, listLimitsEndpoint } from '../schema.ts'

type Props =
  | { endpoint: typeof deleteCapEndpoint; params: { capId: string }; title: string; what: string }
  | { endpoint: typeof deleteQuietEndpoint; params: { quietId: string }; title: string; what: string }

/** Asks, naming the limit, before it is removed. */
export function RemoveButton({ endpoint, params, title, what }: Props) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const remove = useEndpointMutation(endpoint as typeof deleteCapEndpoint, {
    invalidates: [listLimitsEndpoint],
  })
  const ask = () =>
    modal.confirm({
      title,
      content: (
        <>
          <p>
            <strong>{what}</strong>
          </p>
          {t('limits.deleteNote')}
        </>
      ),
      okText: t('limits.delete'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      onOk: () => remove.mutateAsync({ params: params as { capId: string } }).catch(() => undefined),
    })
  return (
    <Button type="link" size="small" danger onClick={ask}>
      {t('limits.delete')}
    </Button>
  )
}
