import { Button, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList, useEndpointMutation } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { StateTag, type Tone } from '../../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import {
  type Campaign,
  type CampaignRun,
  decideRunEndpoint,
  listCampaignRunsEndpoint,
  type RunState,
} from '../../schema.ts'
import { AudienceBasis } from '../AudienceBasis.tsx'
import { useReason } from '../reasons.ts'
import { isLive, leftOf, sentOf } from '../words.tsx'
import { CHANGED } from './changed.ts'

const TONES: Record<RunState, Tone> = {
  due: 'busy',
  asking: 'warn',
  freezing: 'busy',
  running: 'busy',
  done: 'good',
  skipped: 'idle',
  failed: 'bad',
}

/** 执行记录: each time it reached its audience, and the times to come. */
export function RunsTab({ campaign, onPeople }: { campaign: Campaign; onPeople: (runId: string) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const list = useCursorList(
    listCampaignRunsEndpoint,
    { params: { accountId: campaign.accountId, campaignId: campaign.id }, query: {} },
    { every: isLive(campaign.state) ? 4_000 : false },
  )
  const columns = useColumns(campaign, onPeople)
  const upcoming = list.firstPage?.upcoming ?? []
  return (
    <div className="w-stack">
      {upcoming.length > 0 && (
        <div className="w-row">
          <span className="w-soft">{t('campaigns.runs.upcoming')}</span>
          <ul className="w-next-runs" style={{ margin: 0 }}>
            {upcoming.slice(0, 5).map((at) => (
              <li key={at}>{format.instant(at)}</li>
            ))}
          </ul>
        </div>
      )}
      <CursorTable<CampaignRun>
        list={list}
        columns={columns}
        rowKey="id"
        minWidth={820}
        empty={<EmptyState compact title={t('campaigns.runs.empty')} />}
      />
    </div>
  )
}

function useColumns(campaign: Campaign, onPeople: (runId: string) => void): TableColumnsType<CampaignRun> {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  return [
    {
      title: t('campaigns.runs.scheduledAt'),
      width: 150,
      className: 'w-nowrap',
      render: (_, row) => format.instant(row.scheduledAt),
    },
    {
      title: t('common.state'),
      width: 200,
      render: (_, row) => (
        <>
          <StateTag tone={TONES[row.state]} pulse={TONES[row.state] === 'busy'}>
            {t(`campaigns.runs.state.${row.state}`)}
          </StateTag>
          {row.reason !== null && (
            <div className="w-faint w-small">{explain(row.reason, row.detail).text}</div>
          )}
          {row.state === 'asking' && <Decide campaign={campaign} run={row} />}
        </>
      ),
    },
    {
      title: t('campaigns.runs.people'),
      width: 90,
      className: 'w-right',
      render: (_, row) => format.number(row.planned),
    },
    {
      title: t('campaigns.runs.result'),
      render: (_, row) => (
        <span className="w-small">
          {t('campaigns.sent')} {format.number(sentOf(row.counts))}
          {leftOf(row.counts) > 0 &&
            ` · ${t('campaigns.waitingMore', { number: format.number(leftOf(row.counts)) })}`}
          {row.counts.skipped > 0 &&
            ` · ${t('campaigns.delivery.skipped')} ${format.number(row.counts.skipped)}`}
          {row.counts.failed > 0 &&
            ` · ${t('campaigns.failedMore', { number: format.number(row.counts.failed) })}`}
          {row.counts.unknown > 0 &&
            ` · ${t('campaigns.unknownMore', { number: format.number(row.counts.unknown) })}`}
          <AudienceBasis basis={row.basis} />
        </span>
      ),
    },
    {
      title: '',
      width: 130,
      render: (_, row) => (
        <Button type="link" size="small" onClick={() => onPeople(row.id)}>
          {t('campaigns.runs.only')}
        </Button>
      ),
    },
  ]
}

function Decide({ campaign, run }: { campaign: Campaign; run: CampaignRun }) {
  const { t } = useTranslation()
  const maySend = useCan('campaigns:send')
  const decide = useEndpointMutation(decideRunEndpoint, { invalidates: CHANGED })
  if (!maySend) return null
  const params = { accountId: campaign.accountId, campaignId: campaign.id, runId: run.id }
  return (
    <div className="w-row" style={{ marginTop: 4 }}>
      <Button
        size="small"
        type="primary"
        loading={decide.isPending}
        onClick={() => decide.mutate({ params, body: { send: true } })}
      >
        {t('campaigns.runs.send')}
      </Button>
      <Button size="small" onClick={() => decide.mutate({ params, body: { send: false } })}>
        {t('campaigns.runs.skip')}
      </Button>
    </div>
  )
}
