import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Select, Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { call } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useInvalidate, useTellError } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import {
  combineSegmentsEndpoint,
  differenceEndpoint,
  listSegmentsEndpoint,
  MAX_OVERLAP,
  type Overlap,
  overlapEndpoint,
  type SegmentMember,
} from '../../schema/segment.ts'
import { PersonLink } from '../estimate/PeoplePanel.tsx'
import './pages.css'

type Named = (id: string) => string

export function ComparePage() {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const ids = [...new Set((search.get('ids') ?? '').split(',').filter((id) => /^\d+$/.test(id)))].slice(
    0,
    MAX_OVERLAP,
  )
  const all = useEndpoint(listSegmentsEndpoint, { query: { limit: 200 } }).data?.items ?? []
  const nameOf: Named = (id) => all.find((one) => one.id === id)?.name ?? `#${id}`
  const overlap = useQuery({
    queryKey: ['segments', 'overlap', ids],
    queryFn: ({ signal }) => call(overlapEndpoint, { body: { segmentIds: ids } }, signal),
    enabled: ids.length >= 2,
  })
  return (
    <>
      <PageHeader
        title={t('segments.compareTitle')}
        sub={t('segments.compareSub', { most: MAX_OVERLAP })}
        back={{ to: '/segments', label: t('nav.segments') }}
      />
      <div className="w-stack">
        <Select
          mode="multiple"
          maxCount={MAX_OVERLAP}
          style={{ width: '100%' }}
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t('segments.chooseSegment')}
          placeholder={t('segments.chooseSegment')}
          value={ids}
          onChange={(next: string[]) =>
            setSearch(next.length === 0 ? {} : { ids: next.join(',') }, { replace: true })
          }
          options={all.map(({ id, name }) => ({ value: id, label: name }))}
        />
        {ids.length < 2 ? (
          <EmptyState title={t('segments.compareHint', { most: MAX_OVERLAP })} />
        ) : (
          <Loaded query={overlap}>
            {(data) => (
              <>
                <Regions overlap={data} ids={ids} nameOf={nameOf} />
                <Matrix overlap={data} ids={ids} nameOf={nameOf} />
              </>
            )}
          </Loaded>
        )}
        {ids.length === 2 && <Difference first={ids[0] ?? ''} second={ids[1] ?? ''} nameOf={nameOf} />}
      </div>
    </>
  )
}

type Shown = { overlap: Overlap; ids: readonly string[]; nameOf: Named }

/** Who is in exactly these and no others: a dot for each segment, a bar for how many. */
function Regions({ overlap, ids, nameOf }: Shown) {
  const { t } = useTranslation()
  const format = useFormat()
  const regions = overlap.regions.toSorted((a, b) => b.size - a.size)
  const most = regions[0]?.size ?? 0
  const total = regions.reduce((sum, { size }) => sum + size, 0)
  return (
    <section className="w-panel">
      <h2>{t('segments.regions')}</h2>
      <p className="w-soft w-small">{t('segments.regionsHint', { total: format.number(total) })}</p>
      <div
        className="w-regions"
        role="table"
        style={{ gridTemplateColumns: `repeat(${ids.length}, minmax(20px, 130px)) minmax(120px, 1fr) auto` }}
      >
        {ids.map((id) => (
          <Link key={id} to={`/segments/${id}`} className="w-ellipsis w-region-head" title={nameOf(id)}>
            {nameOf(id)}
            <small>{format.number(overlap.sizes.find((one) => one.segmentId === id)?.size)}</small>
          </Link>
        ))}
        <span />
        <span />
        {regions.map((region) => (
          <div key={region.segmentIds.join(',')} role="row" className="w-region">
            {ids.map((id) => (
              <span key={id} className="w-region-dot" data-in={region.segmentIds.includes(id)} />
            ))}
            <span className="w-region-bar">
              <i style={{ width: `${most === 0 ? 0 : Math.max(0.5, (region.size / most) * 100)}%` }} />
            </span>
            <span className="w-right">
              <b>{format.number(region.size)}</b>{' '}
              <small className="w-faint">{total > 0 && format.percent(region.size / total)}</small>
            </span>
          </div>
        ))}
      </div>
    </section>
  )
}

/** How many of the one are in the other as well, for each pair. */
function Matrix({ overlap, ids, nameOf }: Shown) {
  const { t } = useTranslation()
  const format = useFormat()
  const sizeOf = (id: string) => overlap.sizes.find((one) => one.segmentId === id)?.size ?? 0
  const both = (a: string, b: string) =>
    overlap.intersections.find(
      ({ segmentIds: pair }) => pair.length === 2 && pair.includes(a) && pair.includes(b),
    )?.size ?? 0
  return (
    <section className="w-panel">
      <h2>{t('segments.matrix')}</h2>
      <p className="w-soft w-small">{t('segments.matrixHint')}</p>
      <Table
        size="small"
        pagination={false}
        rowKey="id"
        scroll={{ x: true }}
        dataSource={ids.map((id) => ({ id }))}
        columns={[
          {
            title: '',
            fixed: 'start',
            render: (_, { id }) => (
              <>
                {nameOf(id)} <span className="w-faint">{format.number(sizeOf(id))}</span>
              </>
            ),
          },
          ...ids.map((column) => ({
            title: nameOf(column),
            key: column,
            align: 'right' as const,
            render: (_: unknown, { id }: { id: string }) =>
              id === column ? (
                <span className="w-faint">—</span>
              ) : (
                <>
                  {format.number(both(id, column))}{' '}
                  <small className="w-faint">
                    {sizeOf(id) > 0 && format.percent(both(id, column) / sizeOf(id))}
                  </small>
                </>
              ),
          })),
        ]}
      />
    </section>
  )
}

/** Two side by side: how many are in one only, with examples, and a segment of any part of it. */
function Difference({ first, second, nameOf }: { first: string; second: string; nameOf: Named }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useQuery({
    queryKey: ['segments', 'difference', first, second],
    queryFn: ({ signal }) => call(differenceEndpoint, { body: { segmentIds: [first, second] } }, signal),
  })
  const combine = useCombine()
  const mayWrite = useCan('segments:write')
  const make = (how: 'union' | 'intersection' | 'difference', segmentIds: [string, string]) =>
    combine.mutate({
      how,
      segmentIds,
      name: t(`segments.combinedName.${how}`, { a: nameOf(segmentIds[0]), b: nameOf(segmentIds[1]) }).slice(
        0,
        60,
      ),
    })
  const keep = (how: 'union' | 'intersection' | 'difference', pair: [string, string]) =>
    mayWrite && (
      <Button size="small" loading={combine.isPending} onClick={() => make(how, pair)}>
        {t('segments.keepAs')}
      </Button>
    )
  return (
    <section className="w-panel">
      <h2>{t('segments.difference')}</h2>
      <Loaded query={query} rows={3}>
        {(data) => (
          <div className="w-difference">
            <Side
              title={t('segments.onlyIn', { name: nameOf(first) })}
              size={format.number(data.onlyFirst)}
              people={data.examplesFirst}
              action={keep('difference', [first, second])}
            />
            <Side
              title={t('segments.inBoth')}
              size={format.number(data.both)}
              people={[]}
              action={keep('intersection', [first, second])}
            />
            <Side
              title={t('segments.onlyIn', { name: nameOf(second) })}
              size={format.number(data.onlySecond)}
              people={data.examplesSecond}
              action={keep('difference', [second, first])}
            />
          </div>
        )}
      </Loaded>
    </section>
  )
}

function Side({
  title,
  size,
  people,
  action,
}: {
  title: string
  size: string
  people: readonly SegmentMember[]
  action: React.ReactNode
}) {
  return (
    <div>
      <div className="w-soft">{title}</div>
      <div className="w-row">
        <b className="w-difference-size">{size}</b>
        {action}
      </div>
      <ul className="w-sample">
        {people.map((person) => (
          <li key={person.contactId}>
            <PersonLink person={person} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function useCombine() {
  const navigate = useNavigate()
  const invalidate = useInvalidate()
  const tell = useTellError()
  return useMutation({
    mutationFn: (body: {
      how: 'union' | 'intersection' | 'difference'
      segmentIds: [string, string]
      name: string
    }) => call(combineSegmentsEndpoint, { body }),
    onSuccess: ({ id }) => {
      invalidate(listSegmentsEndpoint)
      void navigate(`/segments/${id}`)
    },
    onError: tell,
  })
}
