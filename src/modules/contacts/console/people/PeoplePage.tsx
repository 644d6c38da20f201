import { UsergroupAddOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList, useEndpoint } from '../../../../console/hooks.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { countPeopleEndpoint, listFacetsEndpoint, listPeopleEndpoint, type Person } from '../../schema.ts'
import { ColumnChooser, rememberedColumns } from './ColumnChooser.tsx'
import { usePeopleColumns } from './columns.tsx'
import { PeopleFilters, peopleQuery, usePeopleFilters } from './PeopleFilters.tsx'

type Bulk = { contactIds: readonly string[]; filter: ReturnType<typeof peopleQuery> }
/** One request names no more people. */
const MOST_CHOSEN = 1_000

/** 客户: everyone, across accounts. `bulk` draws what can be done to the ticked ones, or to all that fit the filter. */
export function PeoplePage({ bulk }: { bulk?: (whom: Bulk) => ReactNode }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const filters = usePeopleFilters()
  const [search, setSearch] = useSearchParams()
  const chosen = search.get('columns')?.split(',').filter(Boolean) ?? rememberedColumns()
  const facets = useEndpoint(listFacetsEndpoint, {}, { staleMs: 60_000 }).data
  const keys = chosen.filter((name) => name.startsWith('a:')).map((name) => name.slice(2))
  const query = peopleQuery(filters)
  const list = useCursorList(listPeopleEndpoint, {
    query: { ...query, ...(keys.length > 0 && { attributes: keys.join(',') }) },
  })
  const [contactIds, setContactIds] = useState<string[]>([])
  const columns = usePeopleColumns(chosen, facets?.attributes ?? [])
  const choose = (next: readonly string[]) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before)
        after.set('columns', next.join(','))
        return after
      },
      { replace: true },
    )
  return (
    <>
      <PageHeader
        title={t('people.title')}
        sub={<PeopleCount query={query} />}
        actions={
          <>
            {bulk?.({ contactIds, filter: query })}
            <Link to="/customers/reviews">
              <Button icon={<UsergroupAddOutlined />}>{t('people.reviews')}</Button>
            </Link>
          </>
        }
      />
      <PeopleFilters
        filters={filters}
        end={<ColumnChooser chosen={chosen} attributes={facets?.attributes ?? []} onChange={choose} />}
      />
      <CursorTable<Person>
        list={list}
        columns={columns}
        rowKey="id"
        minWidth={860}
        {...(bulk && {
          rowSelection: {
            selectedRowKeys: contactIds,
            preserveSelectedRowKeys: true,
            onChange: (keys: React.Key[]) => setContactIds(keys.map(String).slice(0, MOST_CHOSEN)),
          },
        })}
        onOpen={(person) => void navigate(`/customers/${person.id}`)}
        empty={
          filters.isActive ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState title={t('people.empty')} hint={t('people.emptyHint')} />
          )
        }
      />
    </>
  )
}

/** Exact, or told to be a bound. */
function PeopleCount({ query }: { query: ReturnType<typeof peopleQuery> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useEndpoint(countPeopleEndpoint, { query }, { keepPrevious: true })
  if (data === undefined) return <>{t('people.sub')}</>
  const number = format.number(data.count)
  if (data.exact) return <>{t('people.count', { number })}</>
  return (
    <Tooltip title={t('people.countMoreHint')}>
      <span>{t('people.countMore', { number })}</span>
    </Tooltip>
  )
}
