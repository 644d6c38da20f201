import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { AccountSummary } from '../../modules/accounts/schema.ts'
import { listReplyRulesEndpoint } from '../../modules/auto-replies/schema.ts'
import { listBroadcastsEndpoint, listOutsideSendsEndpoint } from '../../modules/broadcasts/schema.ts'
import { type CampaignListItem, listCampaignsEndpoint } from '../../modules/campaigns/schema.ts'
import { useBusinessNow } from '../clock.ts'
import { useFormat } from '../format.ts'
import { useEndpoint } from '../hooks.ts'
import { useAccount, useAccountId, useCan } from '../session.ts'
import { useSentence } from '../ui/sentence.ts'
import type { Matter } from './matter.ts'
import { useCodeMatters } from './use-code-matters.ts'
import { useMaterialMatters } from './use-material-matters.ts'

const SILENT_MS = 3 * 24 * 3_600_000

/** What needs somebody today; nothing at all when all is well. */
export function Attention() {
  const accountId = useAccountId()
  const account = useAccount()
  const ofAccount = useAccountMatters(account)
  const ofSends = useSendMatters(accountId)
  const ofCampaigns = useCampaignMatters(accountId)
  const ofOutside = useOutsideMatters(accountId)
  const ofReplies = useReplyMatters(accountId)
  const ofCodes = useCodeMatters(accountId)
  const ofMaterials = useMaterialMatters(accountId)
  const matters = [
    ...ofAccount,
    ...ofReplies,
    ...ofMaterials,
    ...ofCodes,
    ...ofSends,
    ...ofOutside,
    ...ofCampaigns,
  ]
  if (matters.length === 0) return null
  return (
    <div className="w-stack" style={{ gap: 8 }}>
      {matters.map(({ key, type, title, hint, to, action }) => (
        <Alert
          key={key}
          type={type}
          showIcon
          title={title}
          description={hint}
          action={
            <Link to={to}>
              <Button size="small">{action}</Button>
            </Link>
          }
        />
      ))}
    </div>
  )
}

function useAccountMatters(account: AccountSummary | undefined): Matter[] {
  const { t } = useTranslation()
  const sentence = useSentence()
  const format = useFormat()
  const now = useBusinessNow()
  const mayManage = useCan('accounts:manage')
  if (account === undefined) return []
  const to = `/settings/accounts/${account.id}`
  const action = t(mayManage ? 'overview.handle' : 'overview.look')
  const detail = account.pauseDetail
  const advice = detail?.advice && [sentence(detail.advice), detail.ip].filter(Boolean).join(' ')
  const { verifiedAt, lastReceivedAt } = account.callback
  const silent = lastReceivedAt !== null && now - new Date(lastReceivedAt).getTime() > SILENT_MS
  const matters: (Matter | false)[] = [
    account.state === 'paused' &&
      account.pauseReason !== null && {
        key: 'paused',
        type: 'error' as const,
        title: t('accounts.pausedBecause', { reason: t(`accounts.pause.${account.pauseReason}`) }),
        hint: advice,
        to,
        action,
      },
    account.state === 'active' &&
      account.credential.state === 'broken' && {
        key: 'credential',
        type: 'error' as const,
        title: t('overview.credentialBroken'),
        hint: advice,
        to,
        action,
      },
    verifiedAt === null && {
      key: 'callback',
      type: 'warning' as const,
      title: t('overview.callbackMissing'),
      hint: t('overview.callbackMissingHint'),
      to,
      action,
    },
    verifiedAt !== null &&
      silent && {
        key: 'silent',
        type: 'warning' as const,
        title: t('overview.callbackSilent', { ago: format.ago(lastReceivedAt, now) }),
        hint: t('overview.callbackSilentHint'),
        to,
        action,
      },
    account.fansFollowing === 0 && {
      key: 'sync',
      type: 'info' as const,
      title: t('overview.noFans'),
      hint: t('overview.noFansHint'),
      to: `/accounts/${account.id}/fans`,
      action: t('overview.goSync'),
    },
  ]
  return matters.filter((matter) => matter !== false)
}

const OFTEN = { every: 15_000 }

/** Mass sends that wait for somebody: here for a word, or in WeChat for the administrator. */
function useSendMatters(accountId: string): Matter[] {
  const { t } = useTranslation()
  const format = useFormat()
  const params = { accountId }
  const queue = { view: 'queue', limit: 3 } as const
  const unresolved = useEndpoint(
    listBroadcastsEndpoint,
    { params, query: { label: 'unresolved', limit: 3 } },
    OFTEN,
  )
  const asking = useEndpoint(listBroadcastsEndpoint, { params, query: { ...queue, label: 'asking' } }, OFTEN)
  const paused = useEndpoint(listBroadcastsEndpoint, { params, query: { ...queue, label: 'paused' } }, OFTEN)
  const sending = useEndpoint(
    listBroadcastsEndpoint,
    { params, query: { ...queue, label: 'sending' } },
    OFTEN,
  )
  const matter = (
    { id }: { id: string },
    key: string,
    title: string,
    action = t('overview.look'),
  ): Matter => ({
    key: `${key}-${id}`,
    type: 'warning',
    title,
    to: `/accounts/${accountId}/broadcasts/${id}`,
    action,
  })
  return [
    ...(sending.data?.items ?? []).flatMap((one) =>
      one.confirmation === null
        ? []
        : matter(
            one,
            'confirmation',
            t('overview.sendConfirmation', { name: one.name, at: format.instant(one.confirmation.until) }),
          ),
    ),
    ...(asking.data?.items ?? []).map((one) =>
      matter(one, 'asking', t('overview.sendAsking', { name: one.name }), t('overview.handle')),
    ),
    ...(unresolved.data?.items ?? []).map((one) =>
      matter(one, 'unresolved', t('overview.sendUnresolved', { name: one.name })),
    ),
    ...(paused.data?.items ?? []).map((one) =>
      matter(one, 'paused', t('overview.sendPaused', { name: one.name })),
    ),
  ]
}

/** Sends that somebody made elsewhere: until it is said to whom, the month is shown too favourably. */
function useOutsideMatters(accountId: string): Matter[] {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useEndpoint(
    listOutsideSendsEndpoint,
    { params: { accountId }, query: { state: 'open', limit: 3 } },
    { every: 15_000 },
  )
  const [first, second] = data?.items ?? []
  if (first === undefined) return []
  const people =
    first.people === null
      ? t('massOutside.peopleUnknown')
      : t('massOutside.peopleOf', { number: format.number(first.people) })
  return [
    {
      key: 'outside',
      type: 'warning',
      title:
        second === undefined
          ? t('massOutside.attention', { people })
          : t('massOutside.attentionMore', {
              number: `${data?.items.length}${data?.nextCursor ? '+' : ''}`,
            }),
      hint: t('massOutside.attentionHint'),
      to: `/accounts/${accountId}/broadcasts/outside`,
      action: t('overview.handle'),
    },
  ]
}

function useCampaignMatters(accountId: string): Matter[] {
  const { t } = useTranslation()
  const format = useFormat()
  const allowed = useCan('campaigns:read')
  const { data } = useEndpoint(
    listCampaignsEndpoint,
    { query: { accountId, state: 'scheduled,running,paused,failed,ended', limit: 20 } },
    { enabled: allowed, every: 15_000 },
  )
  const titleOf = ({ name, state, asking, counts }: CampaignListItem): string | undefined => {
    if (state === 'failed') return t('campaigns.overview.attentionFailed', { name })
    if (asking > 0) return t('campaigns.overview.attentionAsking', { name })
    if (state === 'paused') return t('campaigns.overview.attentionPaused', { name })
    if (counts.unknown === 0) return undefined
    return t('campaigns.overview.attentionUnknown', { name, number: format.number(counts.unknown) })
  }
  return (data?.items ?? []).flatMap((item): Matter[] => {
    const title = titleOf(item)
    if (title === undefined) return []
    return [
      {
        key: `campaign-${item.id}`,
        type: item.state === 'failed' ? 'error' : 'warning',
        title,
        to: `/accounts/${accountId}/campaigns/${item.id}`,
        action: t('overview.look'),
      },
    ]
  })
}

const TAB_OF = {
  keyword: '',
  follow: 'tab=follow&',
  default: 'tab=default&',
  scan: 'tab=owned&',
  menu: 'tab=owned&of=menu&',
}

/** Rules that answer less than they should: what they say is gone or refused, or what they start doesn't run. */
function useReplyMatters(accountId: string): Matter[] {
  const { t } = useTranslation()
  const allowed = useCan('replies:read')
  const { data } = useEndpoint(
    listReplyRulesEndpoint,
    { params: { accountId }, query: { state: 'on', problem: 'true', limit: 50 } },
    { enabled: allowed, ...OFTEN },
  )
  const broken = (data?.items ?? []).filter(({ problems }) =>
    problems.some(({ reason }) => reason !== 'shadowed'),
  )
  const [first] = broken
  if (first === undefined) return []
  const { name, kind } = first
  return [
    {
      key: 'replies',
      type: 'warning',
      title:
        broken.length === 1
          ? t('overview.replyBroken', { name })
          : t('overview.repliesBroken', { name, number: broken.length }),
      hint: t('overview.replyBrokenHint'),
      to: `/accounts/${accountId}/replies?${TAB_OF[kind]}problem=true`,
      action: t('overview.handle'),
    },
  ]
}
