import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import {
  useRecentCampaigns,
  useRecentSends,
  useRuleAccounts,
  useTagsOf,
} from '../../../../console/rule-sources.ts'
import { lookUp } from '../../../../console/ui/error-text.ts'
import { listDatasetsEndpoint } from '../../../datasets/schema.ts'
import { listRegisteredEventsEndpoint, listRegisteredPropertiesEndpoint } from '../../../ingest/schema.ts'
import { conditionsOf, type Rule } from '../../schema/rule.ts'
import { listSegmentsEndpoint } from '../../schema/segment.ts'
import type { RuleNames } from '../words/names.ts'
import { type Catalogue, type Choice, type Choices, choiceOf, chosen, including } from './catalogue.ts'
import { useActivities, useAttributes, useOwnTags } from './sources.ts'

const FRESH_MS = 60_000
const MOST = 200
type Asked = { rule: Rule; accountId: string | undefined; segmentId?: string | undefined }

/** Names and choices for a rule, read once and kept for a minute. */
export function useCatalogue({ rule, accountId, segmentId }: Asked): Catalogue {
  const { t } = useTranslation()
  const format = useFormat()
  const accounts = useRuleAccounts(accountId)
  const accountIds = useMemo(() => accounts.map(({ id }) => id), [accounts])
  const wechatTags = useTagsOf(accountIds)
  const sends = useRecentSends(accountIds)
  const campaigns = useRecentCampaigns(accountId)
  const activities = useActivities()
  const attributes = useAttributes()
  const ownTags = useOwnTags()
  const events = useEndpoint(listRegisteredEventsEndpoint, { query: { limit: MOST } }, { staleMs: FRESH_MS })
    .data?.items
  const datasets = useEndpoint(listDatasetsEndpoint, {}, { staleMs: FRESH_MS }).data?.items
  const segments = useEndpoint(
    listSegmentsEndpoint,
    { query: { limit: MOST, ...(accountId !== undefined && { accountId }) } },
    { staleMs: 15_000 },
  ).data?.items
  const properties = usePropertyNames(rule)
  return useMemo(() => {
    const accountName = (id: string) => accounts.find((one) => one.id === id)?.name ?? `#${id}`
    const names: RuleNames = {
      account: accountName,
      attribute: (key) => attributes.find((one) => one.key === key)?.label ?? key,
      ownTag: (id) => ownTags.find((one) => one.id === id)?.name ?? `#${id}`,
      wechatTag: (account, id) =>
        wechatTags.find((one) => one.accountId === account && one.tagId === id)?.name ?? `#${id}`,
      event: (name) =>
        events?.find((one) => one.name === name)?.displayName ?? lookUp('events.names', name) ?? name,
      property: (event, property) => properties.get(`${event}\n${property}`) ?? property,
      dataset: (key) => datasets?.find((one) => one.key === key)?.name ?? key,
      field: (dataset, level, field) =>
        datasets
          ?.find((one) => one.key === dataset)
          ?.fields.find((one) => one.key === field && one.level === level)?.name ?? field,
      segment: (id) => segments?.find((one) => one.id === id)?.name ?? `#${id}`,
      broadcast: (id) => sends.find((one) => one.id === id)?.name ?? `#${id}`,
      record: (id, arm) =>
        sends.find((one) => one.id === id)?.records.find(({ number }) => number === arm)?.name ??
        `#${arm + 1}`,
      activity: (id) => activities.find((one) => one.id === id)?.name ?? `#${id}`,
      campaign: (id) => campaigns.find((one) => one.id === id)?.name ?? `#${id}`,
      scene: (code) => lookUp('fans.scenes', code) ?? code,
    }
    const activityChoices = (current: string | undefined, words: 'sendsOfActivity' | 'campaignsOfActivity') =>
      including(
        activities
          .filter((one) => !one.archived || one.id === current)
          .map(({ id, name }) => ({ value: id, label: name })),
        current ?? '',
        names.activity,
      ).map(({ value, label }) => ({
        value: choiceOf('any', value),
        label: t(`segments.${words}`, { name: label }),
      }))
    const several = accounts.length > 1
    const scenes = t('fans.scenes', { returnObjects: true }) as Record<string, string>
    return {
      names,
      accounts: accounts.map(({ id, name }) => ({ id, name })),
      attributes,
      datasets: datasets ?? [],
      scenes: Object.entries(scenes).map(([value, label]) => ({ value, label })),
      attributeOptions: (current) =>
        including(
          attributes.map((one) => ({
            value: one.key,
            label: one.label,
            note: t(`segments.type.${one.type}`),
          })),
          current,
          names.attribute,
        ),
      eventOptions: (current) =>
        including(
          (events ?? [])
            .filter(({ ignored }) => !ignored)
            .map((one) => ({
              value: one.name,
              label: names.event(one.name),
              note: t('segments.seenTimes', { number: format.compact(one.volume) }),
            })),
          current,
          names.event,
        ),
      datasetOptions: (current) =>
        including(
          (datasets ?? [])
            .filter(({ archived }) => !archived)
            .map(({ key, name }) => ({ value: key, label: name })),
          current,
          names.dataset,
        ),
      segmentOptions: (current) =>
        including(
          (segments ?? [])
            .filter((one) => one.listed && one.id !== segmentId)
            .map((one) => ({
              value: one.id,
              label: one.name,
              ...(one.size !== null && { note: t('segments.people', { number: format.number(one.size) }) }),
            })),
          current,
          names.segment,
        ),
      sendOptions: (current) => {
        const named = sends.map((one) => ({
          value: one.id,
          label: one.name,
          note: [several && accountName(one.accountId), format.instant(one.confirmedAt)]
            .filter(Boolean)
            .join(' · '),
        }))
        const { of, activityId } = chosen(current)
        const filed = activityChoices(activityId, 'sendsOfActivity')
        const one = including(named, /^\d+$/.test(of) ? of : '', names.broadcast)
        return [
          {
            label: t('segments.anySends'),
            options: [
              { value: 'last', label: t('segmentWords.send.last') },
              { value: 'any', label: t('segmentWords.send.any') },
            ],
          },
          ...(filed.length === 0 ? [] : [{ label: t('segments.sendsOfActivities'), options: filed }]),
          ...(one.length === 0 ? [] : [{ label: t('segments.oneSend'), options: one }]),
        ]
      },
      recordOptions: (broadcastId, current) => {
        const records = sends.find(({ id }) => id === broadcastId)?.records ?? []
        if (records.length < 2 && current === undefined) return []
        return including(
          records.map(({ number, name }) => ({ value: String(number), label: name })),
          current === undefined ? '' : String(current),
          (value) => names.record(broadcastId, Number(value)),
        )
      },
      campaignOptions: (current) => {
        const named = campaigns.map((one) => ({
          value: one.id,
          label: one.name,
          note: [several && one.accountName, format.instant(one.startedAt)].filter(Boolean).join(' · '),
        }))
        const { of, activityId } = chosen(current)
        const filed = activityChoices(activityId, 'campaignsOfActivity')
        const one = including(named, /^\d+$/.test(of) ? of : '', names.campaign)
        return [
          {
            label: t('segments.anyCampaigns'),
            options: [{ value: 'any', label: t('segmentWords.campaign.any') }],
          },
          ...(filed.length === 0 ? [] : [{ label: t('segments.campaignsOfActivities'), options: filed }]),
          ...(one.length === 0 ? [] : [{ label: t('segments.oneCampaign'), options: one }]),
        ]
      },
      tagOptions: (current) => {
        const own: Choice[] = ownTags.map((one) => ({
          value: `own:${one.id}`,
          label: one.name,
          note: t('segments.people', { number: format.number(one.members) }),
        }))
        const missing = current.filter(
          (tag) => tag.of === 'own' && !ownTags.some(({ id }) => id === tag.tagId),
        )
        const gone = missing.map((tag) => ({ value: `own:${tag.tagId}`, label: `#${tag.tagId}` }))
        const ofAccounts: Choices = accounts.map(({ id, name }) => ({
          label: t('segments.tagsOfAccount', { name }),
          options: tagsOfAccount(id, wechatTags, current),
        }))
        return [{ label: t('segments.ownTags'), options: [...own, ...gone] }, ...ofAccounts]
      },
    }
  }, [
    t,
    format,
    accounts,
    wechatTags,
    sends,
    campaigns,
    activities,
    attributes,
    ownTags,
    events,
    datasets,
    segments,
    properties,
    segmentId,
  ])
}

function tagsOfAccount(
  accountId: string,
  known: readonly { accountId: string; tagId: number; name: string }[],
  current: Parameters<Catalogue['tagOptions']>[0],
): Choice[] {
  const own = known.filter((one) => one.accountId === accountId)
  const missing = current.flatMap((tag) =>
    tag.of === 'wechat' && tag.accountId === accountId && !own.some(({ tagId }) => tagId === tag.tagId)
      ? [{ accountId, tagId: tag.tagId, name: `#${tag.tagId}` }]
      : [],
  )
  return [...own, ...missing].map(({ tagId, name }) => ({
    value: `wechat:${accountId}:${tagId}`,
    label: name,
  }))
}

/** Display names of the properties of every event that a rule names. */
function usePropertyNames(rule: Rule): ReadonlyMap<string, string> {
  const events = [
    ...new Set(
      [...conditionsOf(rule)].flatMap((one) => {
        if (one.kind === 'behaviour' || one.kind === 'occurrence') return [one.event]
        if (one.kind === 'sequence') return [one.first.event, one.second.event]
        return one.kind === 'send' && one.goal ? [one.goal.event] : []
      }),
    ),
  ].filter((event) => event !== '')
  return useQueries({
    queries: events.map((name) => ({
      queryKey: ['api', listRegisteredPropertiesEndpoint.path, { name }, null],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call(listRegisteredPropertiesEndpoint, { params: { name } }, signal),
      staleTime: FRESH_MS,
      retry: false,
    })),
    combine: combineProperties.bind(null, events.join('\n')),
  })
}

type Answers = readonly { data: { items: { name: string; displayName: string | null }[] } | undefined }[]
function combineProperties(events: string, answers: Answers): ReadonlyMap<string, string> {
  const names = events.split('\n')
  return new Map(
    answers.flatMap(({ data }, index) =>
      (data?.items ?? []).flatMap(({ name, displayName }): [string, string][] =>
        displayName === null ? [] : [[`${names[index]}\n${name}`, displayName]],
      ),
    ),
  )
}
