import { Button, Segmented, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { FilterBar } from '../../../../console/ui/filters.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { type Campaign, listWaitsEndpoint, type Wait } from '../../schema.ts'
import { PersonName } from '../PersonName.tsx'
import { isLive } from '../words.tsx'

const STATES = ['waiting', 'fired', 'did_b', 'left', 'cancelled'] as const

/** 观察中: people who did A and of whom it is awaited whether B follows, and what came of the others. */
export function WaitsTab({ campaign, onWhy }: { campaign: Campaign; onWhy: (contactId: string) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [state, setState] = useState<(typeof STATES)[number]>('waiting')
  const list = useCursorList(
    listWaitsEndpoint,
    { params: { accountId: campaign.accountId, campaignId: campaign.id }, query: { state } },
    { every: isLive(campaign.state) ? 5_000 : false },
  )
  const columns: TableColumnsType<Wait> = [
    { title: t('campaigns.people.person'), render: (_, row) => <PersonName person={row} /> },
    { title: t('campaigns.waits.aAt'), className: 'w-nowrap', render: (_, row) => format.second(row.aAt) },
    {
      title: t('campaigns.waits.deadline'),
      className: 'w-nowrap',
      render: (_, row) => format.second(row.deadline),
    },
    {
      title: t('campaigns.waits.bAt'),
      className: 'w-nowrap',
      render: (_, row) => (row.bAt === null ? '—' : format.second(row.bAt)),
    },
    {
      title: '',
      width: 90,
      render: (_, row) => (
        <Button type="link" size="small" onClick={() => onWhy(row.contactId)}>
          {t('campaigns.people.why')}
        </Button>
      ),
    },
  ]
  return (
    <>
      <FilterBar>
        <Segmented
          value={state}
          onChange={setState}
          options={STATES.map((value) => ({ value, label: t(`campaigns.waits.state.${value}`) }))}
        />
      </FilterBar>
      <CursorTable<Wait>
        list={list}
        columns={columns}
        rowKey="id"
        minWidth={760}
        empty={
          <EmptyState compact title={t('campaigns.waits.empty')} hint={t('campaigns.waits.emptyHint')} />
        }
      />
    </>
  )
}
