import { PlusOutlined } from '@ant-design/icons'
import { Button, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { FilterBar } from '../../../console/ui/filters.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { deleteQuietEndpoint, listLimitsEndpoint, type QuietHours } from '../schema.ts'
import { QuietModal } from './QuietModal.tsx'
import { RemoveButton } from './RemoveButton.tsx'
import { EnabledTag, ScopeTag } from './scope.tsx'
import { useSpan } from './words.ts'

export function QuietTab() {
  const { t } = useTranslation()
  const mayManage = useCan('limits:manage')
  const span = useSpan()
  const [edited, setEdited] = useState<QuietHours | 'new' | undefined>()
  const query = useEndpoint(listLimitsEndpoint, {})
  const add = mayManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
      {t('limits.addQuiet')}
    </Button>
  )
  return (
    <>
      <FilterBar end={add}>{null}</FilterBar>
      <Loaded query={query}>
        {({ quietHours }) => (
          <div className="w-table-panel">
            {quietHours.length === 0 ? (
              <EmptyState title={t('limits.noQuiet')} hint={t('limits.noQuietHint')} />
            ) : (
              <Table<QuietHours>
                size="middle"
                rowKey="id"
                dataSource={quietHours}
                pagination={false}
                scroll={{ x: 760 }}
                columns={[
                  {
                    title: t('limits.tabs.quiet'),
                    render: (_, quiet) => (
                      <>
                        <strong>{span(quiet)}</strong> <span className="w-faint">{quiet.zone}</span>
                      </>
                    ),
                  },
                  {
                    title: t('limits.scope'),
                    render: (_, quiet) => <ScopeTag accountId={quiet.accountId} />,
                  },
                  {
                    title: t('limits.quietPurpose'),
                    render: (_, quiet) => t(`limits.purposes.${quiet.purpose}`),
                  },
                  {
                    title: t('limits.quietAction'),
                    render: (_, quiet) => t(`limits.actions.${quiet.action}`),
                  },
                  { render: (_, quiet) => <EnabledTag enabled={quiet.enabled} /> },
                  {
                    align: 'right',
                    render: (_, quiet) =>
                      mayManage && (
                        <>
                          <Button type="link" size="small" onClick={() => setEdited(quiet)}>
                            {t('limits.edit')}
                          </Button>
                          <RemoveButton
                            endpoint={deleteQuietEndpoint}
                            params={{ quietId: quiet.id }}
                            title={t('limits.deleteQuiet')}
                            what={span(quiet)}
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
        <QuietModal {...(edited !== 'new' && { quiet: edited })} onClose={() => setEdited(undefined)} />
      )}
    </>
  )
}
