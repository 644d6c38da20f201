import { Drawer, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { addTemplateEndpoint, listTemplatesEndpoint, type NewTemplate, type TemplateKind } from '../schema.ts'
import { LibraryForm } from './LibraryForm.tsx'
import { ShortIdForm } from './ShortIdForm.tsx'

/** Takes a template out of WeChat's library: by its number, or for subscription notifications by picking one. */
export function AddTemplateDrawer({
  open,
  onClose,
  onAdded,
}: {
  open: boolean
  onClose: () => void
  onAdded: (templateId: string) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [kind, setKind] = useState<TemplateKind>('subscription')
  const add = useEndpointMutation(addTemplateEndpoint, {
    invalidates: [listTemplatesEndpoint],
    success: t('common.saved'),
    onSuccess: ({ id }) => onAdded(id),
  })
  const submit = (body: NewTemplate) => add.mutate({ params: { accountId }, body })
  const Form = kind === 'template' ? ShortIdForm : LibraryForm
  return (
    <Drawer open={open} onClose={onClose} size={520} title={t('templates.add')} destroyOnHidden>
      <div className="w-stack">
        <Segmented
          value={kind}
          onChange={setKind}
          options={(['subscription', 'template'] as const).map((value) => ({
            value,
            label: t(`templates.kind.${value}`),
          }))}
        />
        <Form busy={add.isPending} onSubmit={submit} />
      </div>
    </Drawer>
  )
}
