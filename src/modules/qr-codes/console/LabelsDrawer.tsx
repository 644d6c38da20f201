import { Drawer, Tabs } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { NamesTable, NewName } from '../../../console/ui/Names.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { type Label, type LabelKind, labelName, listCodesEndpoint } from '../schema.ts'
import { labelEndpoints, useLabels } from './LabelPicker.tsx'

const KINDS: readonly LabelKind[] = ['placement', 'folder']

/** 渠道 and 文件夹 of the account: made, renamed, deleted. */
export function LabelsDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer open={open} onClose={onClose} size={480} destroyOnHidden title={t('qrCodes.labels')}>
      <Tabs
        items={KINDS.map((kind) => ({
          key: kind,
          label: t(`qrCodes.${kind}`),
          children: <Labels kind={kind} />,
        }))}
      />
    </Drawer>
  )
}

function Labels({ kind }: { kind: LabelKind }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useLabels(kind)
  const { rename, remove } = useChanges(kind)
  return (
    <div className="w-stack">
      <p className="w-soft">{t(`qrCodes.labelHint.${kind}`)}</p>
      <NewLabel kind={kind} />
      <Loaded query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title={t('qrCodes.noLabels')} />
          ) : (
            <NamesTable
              items={items}
              schema={labelName}
              holds={{ title: t('qrCodes.codes'), align: 'right', of: (label) => format.number(label.codes) }}
              deleting={(label) => ({
                title: t('qrCodes.deleteLabel', { name: label.name }),
                hint: t('qrCodes.deleteLabelHint', { count: label.codes }),
              })}
              onRename={rename}
              onRemove={remove}
            />
          )
        }
      </Loaded>
    </div>
  )
}

function useChanges(kind: LabelKind) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const invalidates = [labelEndpoints[kind].list, listCodesEndpoint]
  const renaming = useEndpointMutation(labelEndpoints[kind].rename, {
    invalidates,
    success: t('common.saved'),
  })
  const removing = useEndpointMutation(labelEndpoints[kind].remove, {
    invalidates,
    success: t('common.deleted'),
  })
  return {
    rename: ({ id }: Label, name: string) =>
      renaming.mutate({ params: { accountId, labelId: id }, body: { name } }),
    remove: ({ id }: Label) => removing.mutate({ params: { accountId, labelId: id } }),
  }
}

function NewLabel({ kind }: { kind: LabelKind }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const create = useEndpointMutation(labelEndpoints[kind].create, {
    invalidates: [labelEndpoints[kind].list],
  })
  return (
    <NewName
      schema={labelName}
      placeholder={t(`qrCodes.newLabel.${kind}`)}
      add={t('qrCodes.add')}
      saving={create.isPending}
      onAdd={(name) => create.mutateAsync({ params: { accountId }, body: { name } })}
    />
  )
}
