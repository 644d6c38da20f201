import { Button, Segmented, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList, useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccounts, useCan } from '../../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../../console/ui/ConfirmWithNumbers.tsx'
import { FilterBar, useFilters } from '../../../../console/ui/filters.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import { EmptyState, ErrorState, LoadingState } from '../../../../console/ui/states.tsx'
import {
  type ContactReview,
  keepApartEndpoint,
  listPeopleEndpoint,
  listReviewsEndpoint,
  mergeReviewEndpoint,
} from '../../schema.ts'
import { usePersonName } from './words.ts'

/** Pairs that only a person can decide about. */
export function ReviewsPage() {
  const { t } = useTranslation()
  const filters = useFilters(['state', 'contact'])
  const state = filters.values.state === 'kept_apart' ? 'kept_apart' : 'open'
  const { contact } = filters.values
  const list = useCursorList(listReviewsEndpoint, {
    query: { state, ...(contact && { contactId: contact }) },
  })
  return (
    <>
      <PageHeader
        title={t('people.reviews')}
        sub={t('people.reviewsSub')}
        back={{ to: '/customers', label: t('people.title') }}
      />
      <FilterBar>
        <Segmented
          value={state}
          options={(['open', 'kept_apart'] as const).map((value) => ({
            value,
            label: t(`people.reviewState.${value}`),
          }))}
          onChange={(next) => filters.set('state', next === 'open' ? undefined : next)}
        />
      </FilterBar>
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState />}
      {!list.isLoading && !list.error && list.items.length === 0 && (
        <div className="w-table-panel">
          <EmptyState title={t('people.reviewsEmpty')} hint={t('people.reviewsEmptyHint')} />
        </div>
      )}
      <div className="w-stack">
        {list.items.map((review) => (
          <Review key={review.id} review={review} />
        ))}
        {list.hasMore && (
          <Button loading={list.isLoadingMore} onClick={list.loadMore}>
            {t('common.loadMore')}
          </Button>
        )}
      </div>
    </>
  )
}

function Review({ review }: { review: ContactReview }) {
  const { t } = useTranslation()
  const format = useFormat()
  const links = review.links.map(({ kind, value }) => `${t(`people.kinds.${kind}`)} ${value}`).join(' ＝ ')
  return (
    <section className="w-panel">
      <div
        className="w-grid"
        style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(260px, 1fr))', alignItems: 'start' }}
      >
        {review.people.map((person) => (
          <Side key={person.id} person={person} conflicts={review.conflicts} />
        ))}
      </div>
      <div className="w-row" style={{ marginTop: 8, justifyContent: 'space-between' }}>
        <span className="w-small w-soft">
          {links !== '' && `${t('people.linkedBy')}: ${links} · `}
          {t('people.seen', { number: review.seen, at: format.instant(review.lastSeenAt) })}
          {review.decidedBy !== null &&
            ` · ${t('people.decidedBy', { name: review.decidedBy, at: format.instant(review.decidedAt) })}`}
        </span>
        <Decision review={review} />
      </div>
    </section>
  )
}

function Side({
  person,
  conflicts,
}: {
  person: ContactReview['people'][number]
  conflicts: readonly string[]
}) {
  const { t } = useTranslation()
  const nameOf = usePersonName()
  const accounts = useAccounts().data?.items ?? []
  return (
    <div>
      <Link to={`/customers/${person.id}`}>{nameOf(person)}</Link>
      {person.identities.map(({ kind, value }) => (
        <div key={`${kind}-${value}`} className="w-row">
          <span className="w-soft">{t(`people.kinds.${kind}`)}</span>
          <span className="w-mono">{value}</span>
          {conflicts.includes(kind) && <StateTag tone="warn">{t('people.conflictIn')}</StateTag>}
        </div>
      ))}
      {person.fans.map(({ accountId, following }) => (
        <StateTag key={accountId} tone={following ? 'good' : 'idle'}>
          {accounts.find((one) => one.id === accountId)?.name ?? `#${accountId}`}
        </StateTag>
      ))}
    </div>
  )
}

function Decision({ review }: { review: ContactReview }) {
  const { t } = useTranslation()
  const allowed = useCan('contacts:write')
  const [asking, setAsking] = useState(false)
  const invalidates = [listReviewsEndpoint, listPeopleEndpoint]
  const merge = useEndpointMutation(mergeReviewEndpoint, {
    success: t('people.merged'),
    invalidates,
    onSuccess: () => setAsking(false),
  })
  const keep = useEndpointMutation(keepApartEndpoint, { success: t('people.kept'), invalidates })
  const params = { reviewId: review.id }
  const why = !allowed ? t('common.notAllowed') : review.canMerge ? undefined : t('people.unionidsDiffer')
  const sum = (read: (person: ContactReview['people'][number]) => number) =>
    review.people.reduce((total, person) => total + read(person), 0)
  return (
    <span className="w-row">
      {review.state === 'open' && (
        <Button disabled={!allowed} loading={keep.isPending} onClick={() => keep.mutate({ params })}>
          {t('people.keepThem')}
        </Button>
      )}
      <Tooltip title={why}>
        <Button type="primary" disabled={why !== undefined} onClick={() => setAsking(true)}>
          {t('people.mergeThem')}
        </Button>
      </Tooltip>
      <ConfirmWithNumbers
        open={asking}
        title={t('people.mergeTitle')}
        numbers={[
          { label: t('people.mergeNumbers.identities'), value: sum(({ identities }) => identities.length) },
          { label: t('people.mergeNumbers.fans'), value: sum(({ fans }) => fans.length) },
        ]}
        note={t('people.mergeNote')}
        okText={t('people.mergeThem')}
        busy={merge.isPending}
        onConfirm={() => merge.mutate({ params })}
        onCancel={() => setAsking(false)}
      />
    </span>
  )
}
