import { useQueries } from '@tanstack/react-query'
import i18next from 'i18next'
import { type GroupSummary, listBroadcastsEndpoint } from '../modules/broadcasts/schema.ts'
import { listCampaignsEndpoint } from '../modules/campaigns/schema.ts'
import { listTagsEndpoint } from '../modules/tags/schema.ts'
import { call } from './api.ts'
import { useEndpoint } from './hooks.ts'
import { useAccounts } from './session.ts'

const FRESH_MS = 60_000
const RECENT_SENDS = 100

/** Accounts the operator may see, or the one of them that is asked for. */
export function useRuleAccounts(accountId: string | undefined) {
  const { data } = useAccounts()
  return (data?.items ?? []).filter(({ id }) => accountId === undefined || id === accountId)
}

/** WeChat tags of several accounts at once. */
export function useTagsOf(accountIds: readonly string[]) {
  return useQueries({
    queries: accountIds.map((accountId) => ({
      queryKey: ['api', listTagsEndpoint.path, { accountId }, null],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call(listTagsEndpoint, { params: { accountId } }, signal),
      staleTime: FRESH_MS,
    })),
    combine: (answers) =>
      answers.flatMap(({ data }, index) =>
        (data?.items ?? []).map((tag) => ({
          accountId: accountIds[index] ?? '',
          tagId: tag.tagId,
          name: tag.name,
        })),
      ),
  })
}

/** The newest sends that went out or are going out, of several accounts. */
export function useRecentSends(accountIds: readonly string[]) {
  return useQueries({
    queries: accountIds.map((accountId) => ({
      queryKey: ['api', listBroadcastsEndpoint.path, { accountId }, { view: 'records', limit: RECENT_SENDS }],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call(
          listBroadcastsEndpoint,
          { params: { accountId }, query: { view: 'records', limit: RECENT_SENDS } },
          signal,
        ),
      staleTime: FRESH_MS,
    })),
    combine: (answers) =>
      answers.flatMap(({ data }, index) =>
        (data?.items ?? []).map(({ id, name, confirmedAt, groups }) => ({
          id,
          name,
          confirmedAt,
          accountId: accountIds[index] ?? '',
          records: recordsOf(groups),
        })),
      ),
  })
}

/** Each part of a send by the name of its group and, of a test, its letter. */
const recordsOf = (groups: readonly GroupSummary[]) =>
  groups.flatMap(({ name, arms }) =>
    arms.map(({ number, kind, label }) => ({
      number,
      name: kind === 'whole' ? name : `${name} · ${kind === 'rest' ? i18next.t('massTests.rest') : label}`,
    })),
  )

/** The newest campaigns that were started, of the accounts the operator may see or of one of them. */
export function useRecentCampaigns(accountId: string | undefined) {
  const { data } = useEndpoint(
    listCampaignsEndpoint,
    {
      query: {
        state: 'preparing,running,paused,ended',
        limit: RECENT_SENDS,
        ...(accountId !== undefined && { accountId }),
      },
    },
    { staleMs: FRESH_MS },
  )
  return data?.items ?? NONE
}
const NONE: readonly never[] = []
