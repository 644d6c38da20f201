import { Select, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { FilterBar, SearchInput, useFilters } from '../../../../console/ui/filters.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { type Broadcast, type BroadcastComment, listCommentsEndpoint } from '../../schema.ts'
import { useFormOf } from '../edit/use-draft.ts'
import { partName } from '../words.tsx'
import { ArmSelect } from './ArmSelect.tsx'

/** 评论 of the articles: who as far as WeChat tells, when, what. */
export function CommentsTab({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const filters = useFilters(['arm', 'article', 'comment'])
  const { arm, article, comment } = filters.values
  const list = useCursorList(
    listCommentsEndpoint,
    {
      params: { accountId, broadcastId: broadcast.id },
      query: { ...(arm && { arm }), ...(article && { article }), ...(comment && { q: comment }) },
    },
    { every: 30_000 },
  )
  const articles = useArticles(broadcast)
  const first = list.firstPage
  const said = [
    first !== undefined && t('massFollowing.comments.total', { number: format.number(first.total) }),
    first?.nextReadAt && t('massFollowing.comments.nextReadAt', { at: format.instant(first.nextReadAt) }),
  ].filter(Boolean)
  return (
    <>
      <FilterBar filters={filters} end={said.join(' · ')}>
        <SearchInput
          placeholder={t('massFollowing.comments.search')}
          value={comment}
          onChange={(value) => filters.set('comment', value)}
        />
        <ArmSelect broadcast={broadcast} filters={filters} />
        <Select
          allowClear
          placeholder={t('massRecords.article')}
          style={{ width: 240 }}
          value={article ?? null}
          onChange={(value?: string | null) => filters.set('article', value ?? undefined)}
          options={articles.map((label, place) => ({ value: String(place + 1), label }))}
        />
      </FilterBar>
      <CursorTable<BroadcastComment>
        list={list}
        columns={useColumns(broadcast)}
        rowKey="id"
        minWidth={760}
        empty={
          <EmptyState
            title={t(filters.isActive ? 'common.noMatch' : 'massFollowing.comments.empty')}
            hint={t(filters.isActive ? 'common.noMatchHint' : 'massFollowing.comments.emptyHint')}
          />
        }
      />
    </>
  )
}

/** Places to choose from, with the title where all groups carry the same. */
function useArticles(broadcast: Broadcast): string[] {
  const { t } = useTranslation()
  const groups = useFormOf(broadcast)?.groups ?? []
  const most = Math.max(0, ...groups.map(({ articles }) => articles.length))
  return Array.from({ length: most }, (_, place) => {
    const titles = new Set(groups.flatMap(({ articles }) => articles[place]?.title ?? []))
    return titles.size === 1
      ? `${place + 1}. ${[...titles][0]}`
      : t('massFollowing.offline.article', { place: place + 1 })
  })
}

function useColumns(broadcast: Broadcast): TableColumnsType<BroadcastComment> {
  const { t } = useTranslation()
  const format = useFormat()
  const isOne = broadcast.groups.flatMap(({ arms }) => arms).length === 1
  return [
    {
      title: t('massFollowing.comments.who'),
      width: 180,
      render: (_, { contactId, name }) =>
        contactId === null ? (
          <span className="w-faint">{t('massFollowing.comments.unnamed')}</span>
        ) : (
          <Link to={`/customers/${contactId}`}>{name ?? t('massFollowing.comments.customer')}</Link>
        ),
    },
    {
      title: t('massFollowing.comments.text'),
      render: (_, { text }) => <span style={{ whiteSpace: 'pre-wrap' }}>{text}</span>,
    },
    {
      title: t('massRecords.article'),
      width: 220,
      render: (_, { arm, article, title }) => (
        <>
          {article}. {title}
          {!isOne && <div className="w-faint w-small">{partName(t, broadcast, arm)}</div>}
        </>
      ),
    },
    {
      title: t('massFollowing.comments.at'),
      width: 160,
      className: 'w-nowrap',
      render: (_, { at }) => format.instant(at),
    },
  ]
}
