import { Button, Drawer, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { type Campaign, type CampaignVersion, listCampaignVersionsEndpoint } from '../../schema.ts'
import { PlanView } from './PlanTab.tsx'

/** Plans people entered under. */
export function VersionsTab({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [shown, setShown] = useState<CampaignVersion | undefined>()
  const query = useEndpoint(
    listCampaignVersionsEndpoint,
    { params: { accountId: campaign.accountId, campaignId: campaign.id } },
    { staleMs: 2_000 },
  )
  return (
    <>
      <p className="w-soft">{t('campaigns.versions.hint')}</p>
      <Loaded query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title={t('campaigns.versions.empty')} />
          ) : (
            <div className="w-table-panel">
              <Table<CampaignVersion>
                rowKey="version"
                size="middle"
                pagination={false}
                dataSource={items}
                scroll={{ x: 480 }}
                columns={[
                  {
                    title: t('campaigns.versions.version'),
                    render: (_, row) => (
                      <>
                        {row.version}
                        {row.version === campaign.version && (
                          <span className="w-faint"> · {t('campaigns.versions.current')}</span>
                        )}
                      </>
                    ),
                  },
                  {
                    title: t('campaigns.versions.by'),
                    render: (_, row) => row.changedByName ?? t('common.system'),
                  },
                  { title: t('campaigns.versions.at'), render: (_, row) => format.instant(row.changedAt) },
                  {
                    title: '',
                    render: (_, row) => (
                      <Button type="link" size="small" onClick={() => setShown(row)}>
                        {t('campaigns.versions.show')}
                      </Button>
                    ),
                  },
                ]}
              />
            </div>
          )
        }
      </Loaded>
      <Drawer
        open={shown !== undefined}
        onClose={() => setShown(undefined)}
        size={860}
        title={t('campaigns.detail.byVersion', { version: shown?.version })}
      >
        {shown && <PlanView plan={shown.plan} kind={campaign.kind} />}
      </Drawer>
    </>
  )
}
