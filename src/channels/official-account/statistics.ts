import type { BeijingDay } from '../../kernel/beijing.ts'
import type { ReplyOf } from '../../wechat/payloads/api-call.ts'
import * as api from '../../wechat/payloads/statistics.ts'
import type { OfficialAccountClient } from './client.ts'

export type { ArticleTotal } from '../../wechat/payloads/statistics.ts'

/** Both ends included. The last day is yesterday at the latest, and its data is ready after 08:00; before, 61503. */
export type DaySpan = { readonly from: BeijingDay; readonly to: BeijingDay }
type Rows<A> = ReplyOf<A> extends { list: infer L } ? L : never

/** `final` is false while the platform still counts: ask again later. */
export type Counted<T> = { readonly rows: T; readonly final: boolean }

/** At most 7 days. One row per source and day; days without change may be missing. */
export const getFollowerChanges = async (
  client: OfficialAccountClient,
  span: DaySpan,
): Promise<Rows<typeof api.getUserSummary>> => (await client.call(api.getUserSummary, datesOf(span))).list

/** At most 7 days. */
export const getFollowerTotals = async (
  client: OfficialAccountClient,
  span: DaySpan,
): Promise<Rows<typeof api.getUserCumulate>> => (await client.call(api.getUserCumulate, datesOf(span))).list

/** At most 30 days: all articles of the account together. */
export async function getAccountReading(
  client: OfficialAccountClient,
  span: DaySpan,
): Promise<Counted<Rows<typeof api.getBizSummary>>> {
  return counted(await client.call(api.getBizSummary, datesOf(span)))
}

/** Articles sent or published on this day, each with its 30 days so far. */
export async function getArticleTotals(
  client: OfficialAccountClient,
  day: BeijingDay,
): Promise<Counted<api.ArticleTotal[]>> {
  return counted(await client.call(api.getArticleTotalDetail, datesOf({ from: day, to: day })))
}

export async function getArticleReads(
  client: OfficialAccountClient,
  day: BeijingDay,
): Promise<Counted<Rows<typeof api.getArticleRead>>> {
  return counted(await client.call(api.getArticleRead, datesOf({ from: day, to: day })))
}

export async function getArticleShares(
  client: OfficialAccountClient,
  day: BeijingDay,
): Promise<Counted<Rows<typeof api.getArticleShare>>> {
  return counted(await client.call(api.getArticleShare, datesOf({ from: day, to: day })))
}

/** At most 7 days: what fans wrote. */
export const getMessagesReceived = async (
  client: OfficialAccountClient,
  span: DaySpan,
): Promise<Rows<typeof api.getUpstreamMessages>> =>
  (await client.call(api.getUpstreamMessages, datesOf(span))).list

/** At most 30 days: how our callback server did in the platform's eyes. */
export const getCallbackHealth = async (
  client: OfficialAccountClient,
  span: DaySpan,
): Promise<Rows<typeof api.getInterfaceSummary>> =>
  (await client.call(api.getInterfaceSummary, datesOf(span))).list

/** `msgid` of the statistics names the mass send and the article's place in it, from 1. */
export function articleOfStatistic(msgid: string): { msgDataId: string; position: number } | undefined {
  const match = /^(\d+)_(\d+)$/.exec(msgid)
  return match ? { msgDataId: match[1]!, position: Number(match[2]) } : undefined
}

const datesOf = ({ from, to }: DaySpan) => ({ begin_date: from, end_date: to })
const counted = <T>(reply: { list: T; is_delay?: boolean | undefined }): Counted<T> => ({
  rows: reply.list,
  final: reply.is_delay !== true,
})
