import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList, useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { StateTag, type Tone } from '../../../console/ui/StateTag.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import {
  type Activity,
  type FiledWork,
  getActivityFiguresEndpoint,
  listActivitiesEndpoint,
  listFiledWorkEndpoint,
} from '../schema.ts'
import { ActivityActions, periodOf } from './columns.tsx'

/** One activity: what it is for, what came of everything under it, and each of them. */
export function ActivityPage() {
  const { t } = useTranslation()
  const { activityId = '' } = useParams()
  const query = useEndpoint(listActivitiesEndpoint, { query: { archived: 'true' } })
  return (
    <Loaded query={query}>
      {({ items }) => {
        const activity = items.find(({ id }) => id === activityId)
        if (activity === undefined)
          return <EmptyState title={t('states.missing')} hint={t('states.missingHint')} />
        return <Known activity={activity} />
      }}
    </Loaded>
  )
}

function Known({ activity }: { activity: Activity }) {
  const { t } = useTranslation()
  const canManage = useCan('activities:manage')
  return (
    <>
      <PageHeader
        title={
          <>
            {activity.name} {activity.archived && <StateTag tone="idle">{t('activities.archived')}</StateTag>}
          </>
        }
        sub={[periodOf(activity), activity.goal].filter((text) => text !== '' && text !== '—').join(' · ')}
        back={{ to: '/settings/activities', label: t('nav.activities') }}
        actions={canManage && <ActivityActions activity={activity} />}
      />
      <Figures activityId={activity.id} />
      <Filed activityId={activity.id} />
    </>
  )
}

function Figures({ activityId }: { activityId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useEndpoint(getActivityFiguresEndpoint, { params: { activityId } }, { every: 15_000 })
  return (
    <Loaded query={query} rows={2}>
      {(figures) => (
        <div style={{ marginBottom: 16 }}>
          <StatRow>
            <NumberStat
              label={t('activities.filed')}
              value={format.number(figures.broadcasts + figures.campaigns)}
            />
            <NumberStat
              label={t('goals.sent')}
              value={format.number(figures.sent)}
              hint={t('activities.sentHint')}
            />
            <NumberStat label={t('goals.delivered')} value={format.number(figures.delivered)} />
            <NumberStat
              label={t('goals.clicked')}
              value={format.number(figures.clicked)}
              hint={t('activities.clickedHint')}
            />
            <NumberStat
              label={t('goals.converted')}
              value={format.number(figures.converted)}
              sub={t('goals.times', { number: format.number(figures.conversions) })}
            />
            {figures.value !== null && (
              <NumberStat label={t('goals.value')} value={format.number(figures.value)} />
            )}
          </StatRow>
        </div>
      )}
    </Loaded>
  )
}

const TONES: Record<string, Tone> = {
  draft: 'idle',
  scheduled: 'busy',
  preparing: 'busy',
  running: 'busy',
  paused: 'warn',
  ended: 'good',
  cancelled: 'idle',
  failed: 'bad',
}
const pageOf = ({ kind, accountId, id }: FiledWork): string =>
  `/accounts/${accountId}/${kind === 'broadcast' ? 'broadcasts' : 'campaigns'}/${id}`

function Filed({ activityId }: { activityId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const list = useCursorList(listFiledWorkEndpoint, { params: { activityId }, query: {} })
  const number = (title: string, of: (row: FiledWork) => number | null) => ({
    title,
    align: 'right' as const,
    render: (_: unknown, row: FiledWork) => format.number(of(row)),
  })
  const columns: TableColumnsType<FiledWork> = [
    { title: t('common.name'), render: (_, row) => <Link to={pageOf(row)}>{row.name}</Link> },
    { title: t('activities.kindTitle'), render: (_, row) => t(`activities.kind.${row.kind}`) },
    { title: t('activities.account'), dataIndex: 'accountName' },
    {
      title: t('common.state'),
      render: (_, row) => (
        <StateTag tone={TONES[row.state] ?? 'odd'}>
          {t(`activities.state.${row.state as 'draft'}`, { defaultValue: row.state })}
        </StateTag>
      ),
    },
    number(t('goals.sent'), (row) => row.sent),
    number(t('goals.delivered'), (row) => row.delivered),
    number(t('goals.clicked'), (row) => row.clicked),
    number(t('goals.converted'), (row) => row.converted),
    number(t('goals.value'), (row) => row.value),
  ]
  return (
    <CursorTable
      list={list}
      rowKey="key"
      columns={columns}
      minWidth={900}
      empty={<EmptyState title={t('activities.nothingFiled')} hint={t('activities.nothingFiledHint')} />}
    />
  )
}
