import { Button, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { StateTag, type Tone } from '../../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { type Campaign, type CampaignRun, listCampaignRunsEndpoint, type RunState } from '../../schema.ts'
import { AudienceBasis } from '../AudienceBasis.tsx'
import { useReason } from '../reasons.ts'
import { isLive, leftOf, sentOf } from '../words.tsx'
import { DecideRun } from './DecideRun.tsx'

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
          {row.state === 'asking' && <DecideRun campaign={campaign} run={row} />}
        </>
      ),
    },
    {
      title: t('campaigns.runs.people'),
      width: 90,
      align: 'right',
      render: (_, row) => format.number(row.planned),
    },
    {
      title: t('campaigns.runs.result'),
      render: (_, row) => (row.planned === null ? <span className="w-faint">—</span> : <Result run={row} />),
    },
    {
      title: '',
      width: 130,
      render: (_, row) =>
        row.planned !== null &&
        row.planned > 0 && (
          <Button type="link" size="small" onClick={() => onPeople(row.id)}>
            {t('campaigns.runs.only')}
          </Button>
        ),
    },
  ]
}

/** What became of the people of one run. */
function Result({ run: { counts, basis } }: { run: CampaignRun }) {
  const { t } = useTranslation()
  const format = useFormat()
  const more = [
    { number: leftOf(counts), key: 'campaigns.waitingMore' },
    { number: counts.skipped, key: 'campaigns.skippedMore' },
    { number: counts.failed, key: 'campaigns.failedMore' },
    { number: counts.unknown, key: 'campaigns.unknownMore' },
  ] as const
  return (
    <span className="w-small">
      {t('campaigns.sent')} {format.number(sentOf(counts))}
      {more
        .filter(({ number }) => number > 0)
        .map(({ number, key }) => ` · ${t(key, { number: format.number(number) })}`)}
      <AudienceBasis basis={basis} />
    </span>
  )
}
