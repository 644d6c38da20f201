import { Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import type { ArticleResult } from '../../schema/figures.ts'
import { listMassRecordsEndpoint, type MassRecord } from '../../schema/records.ts'
import { ConfirmationMark } from '../detail/ConfirmationNotice.tsx'
import { WithdrawMark } from '../detail/WithdrawState.tsx'
import { LabelTag } from '../words.tsx'
import { useFigureColumns } from './columns.tsx'
import { Delivered } from './Delivered.tsx'
import { askedBy, type RecordFilters } from './filters.tsx'
import '../broadcasts.css'

const lead = ({ figures }: MassRecord) => figures.articles[0]
const commentsOf = ({ accountId, id, arm }: MassRecord, article: number) =>
  `/accounts/${accountId}/broadcasts/${id}?tab=comments&arm=${arm}&article=${article}`
const itself = (article: ArticleResult) => article

export function RecordsTable({
  filters,
  fixedAccount = false,
}: {
  filters: RecordFilters
  fixedAccount?: boolean
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { from, to, label, kind, activity, q, account } = filters.values
  const list = useCursorList(
    listMassRecordsEndpoint,
    { query: { ...askedBy(filters), ...(from && { from }), ...(to && { to }) } },
    { every: 15_000 },
  )
  const isNarrowed =
    [from, to, label, kind, activity, q].some((value) => value !== undefined) ||
    (account !== undefined && !fixedAccount)
  return (
    <CursorTable<MassRecord>
      list={list}
      columns={useColumns()}
      rowKey="recordId"
      minWidth={960}
      onOpen={(row) => void navigate(`/accounts/${row.accountId}/broadcasts/${row.id}?arm=${row.arm}`)}
      expandable={{
        rowExpandable: ({ figures }) => figures.articles.length > 1,
        expandedRowRender: (record) => <Articles record={record} />,
      }}
      empty={
        isNarrowed ? (
          <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
        ) : (
          <EmptyState title={t('massRecords.empty')} hint={t('massRecords.emptyHint')} />
        )
      }
    />
  )
}

function useColumns(): TableColumnsType<MassRecord> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    { title: t('massRecords.name'), render: (_, row) => <Face record={row} /> },
    {
      title: t('massRecords.sentAt'),
      width: 150,
      className: 'w-nowrap',
      render: (_, row) => (
        <>
          <LabelTag label={row.label} />
          <div className="w-faint w-small">{format.instant(row.startedAt ?? row.confirmedAt)}</div>
          <ConfirmationMark confirmation={row.confirmation} />
          <WithdrawMark withdrawals={row.withdrawals} />
        </>
      ),
    },
    {
      title: t('massRecords.delivered'),
      width: 110,
      align: 'right',
      render: (_, row) => <Delivered delivered={row.delivered} />,
    },
    ...useFigureColumns<MassRecord>(lead, { without: 'likes', commentsOf: (row) => commentsOf(row, 1) }),
  ]
}

function Face({ record }: { record: MassRecord }) {
  const { t } = useTranslation()
  const format = useFormat()
  const {
    coverUrl,
    name,
    groupName,
    isRest,
    title,
    contentKind,
    activity,
    figures,
    accountId,
    accountName,
    id,
  } = record
  const count = figures.articles.length
  const about = [
    t(`broadcasts.content.${contentKind}`),
    title,
    count > 1 && t('massRecords.moreArticles', { number: count }),
    activity?.name,
  ].filter(Boolean)
  return (
    <div className="w-cast-name">
      {coverUrl !== null && <img src={coverUrl} alt="" referrerPolicy="no-referrer" loading="lazy" />}
      <div style={{ minWidth: 0, maxWidth: 220 }}>
        <Link to={`/accounts/${accountId}/broadcasts/${id}`} onClick={(event) => event.stopPropagation()}>
          <strong>
            {[name, groupName !== name && groupName, isRest && t('massRecords.rest')]
              .filter(Boolean)
              .join(' · ')}
          </strong>
        </Link>
        <div className="w-soft w-small">{accountName}</div>
        <div className="w-faint w-small w-ellipsis">{about.join(' · ')}</div>
        <Link
          className="w-small"
          to={`/accounts/${accountId}/broadcasts/${id}?tab=recipients&arm=${record.arm}`}
          onClick={(event) => event.stopPropagation()}
        >
          {t('massRecords.peopleOf', { number: format.number(record.totals.planned) })}
        </Link>
      </div>
    </div>
  )
}

function Articles({ record }: { record: MassRecord }) {
  const { t } = useTranslation()
  const columns: TableColumnsType<ArticleResult> = [
    {
      key: 'article',
      title: t('massRecords.article'),
      render: (_, { place, title }) => `${place}. ${title}`,
    },
    ...useFigureColumns<ArticleResult>(itself, { commentsOf: ({ place }) => commentsOf(record, place) }),
  ]
  return (
    <Table<ArticleResult>
      size="small"
      rowKey="place"
      columns={columns}
      dataSource={record.figures.articles}
      pagination={false}
    />
  )
}
