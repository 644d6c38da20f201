import { PlusOutlined } from '@ant-design/icons'
import { Button, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { FilterBar } from '../../../console/ui/filters.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { deleteCapEndpoint, type FrequencyCap, listLimitsEndpoint } from '../schema.ts'
import { CapModal } from './CapModal.tsx'
import { RemoveButton } from './RemoveButton.tsx'
import { EnabledTag, ScopeTag } from './scope.tsx'
import { useCapSentence } from './words.ts'

export function CapsTab() {
  const { t } = useTranslation()
  const mayManage = useCan('limits:manage')
  const sentence = useCapSentence()
  const [edited, setEdited] = useState<FrequencyCap | 'new' | undefined>()
  const query = useEndpoint(listLimitsEndpoint, {})
  const add = mayManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
      {t('limits.addCap')}
    </Button>
  )
  return (
    <>
      <FilterBar end={add}>{null}</FilterBar>
      <Loaded query={query}>
        {({ caps }) => (
          <div className="w-table-panel">
            {caps.length === 0 ? (
              <EmptyState title={t('limits.noCaps')} hint={t('limits.noCapsHint')} />
            ) : (
              <Table<FrequencyCap>
                size="middle"
                rowKey="id"
                dataSource={caps}
                pagination={false}
                scroll={{ x: 860 }}
                columns={[
                  { title: t('limits.limit'), render: (_, cap) => <strong>{sentence(cap)}</strong> },
                  { title: t('limits.scope'), render: (_, cap) => <ScopeTag accountId={cap.accountId} /> },
                  {
                    title: t('limits.kind'),
                    render: (_, { channel }) =>
                      t(channel === null ? 'limits.everyKind' : `limits.kinds.${channel}`),
                  },
                  { title: t('limits.purpose'), render: (_, cap) => t(`limits.purposes.${cap.purpose}`) },
                  { title: t('limits.action'), render: (_, cap) => t(`limits.actions.${cap.action}`) },
                  { render: (_, cap) => <EnabledTag enabled={cap.enabled} /> },
                  {
                    align: 'right',
                    render: (_, cap) =>
                      mayManage && (
                        <>
                          <Button type="link" size="small" onClick={() => setEdited(cap)}>
                            {t('limits.edit')}
                          </Button>
                          <RemoveButton
                            endpoint={deleteCapEndpoint}
                            params={{ capId: cap.id }}
                            title={t('limits.deleteCap')}
                            what={sentence(cap)}
                          />
                        </>
                      ),
                  },
                ]}
              />
            )}
          </div>
        )}
      </Loaded>
      {edited !== undefined && (
        <CapModal {...(edited !== 'new' && { cap: edited })} onClose={() => setEdited(undefined)} />
      )}
    </>
  )
}
