import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { useWechatTags } from '../../../console/wechat-tags.ts'
import { listSegmentsEndpoint } from '../../segments/schema.ts'
import type { CampaignAudience, CampaignKind } from '../schema.ts'

/** Whom a campaign is for, in words. */
export function useAudienceText(audience: CampaignAudience, kind: CampaignKind): string {
  const { t } = useTranslation()
  const { nameOf } = useWechatTags()
  const segmentName = useSegmentNames(audience.kind === 'segments')
  const comma = t('campaigns.audience.comma')
  const tags = (ids: readonly number[]) => ids.map(nameOf).join(comma)
  switch (audience.kind) {
    case 'all':
      return t(kind === 'subscription' ? 'campaigns.audience.allSubscribers' : 'campaigns.audience.all')
    case 'tags':
      return t('campaigns.audience.tagsNamed', { names: tags(audience.any) || t('campaigns.say.missing') })
    case 'rule':
      return t('campaigns.audience.ownRule')
    case 'segments': {
      const names = (ids: readonly string[]) => ids.map(segmentName).join(comma)
      const include =
        audience.include.length === 0
          ? t('campaigns.audience.all')
          : t('campaigns.audience.segmentsNamed', { names: names(audience.include) })
      const included =
        audience.tags.length === 0
          ? include
          : t('campaigns.audience.withTags', {
              included: include,
              how: t(`campaigns.audience.${audience.combine}`),
              names: tags(audience.tags),
            })
      return audience.exclude.length === 0
        ? included
        : t('campaigns.audience.segmentsWithout', { included, names: names(audience.exclude) })
    }
  }
}

/** What a segment is called, as far as the newest of them tell. */
function useSegmentNames(wanted: boolean): (id: string) => string {
  const accountId = useAccountId()
  const list = useEndpoint(
    listSegmentsEndpoint,
    { query: { accountId, limit: 200 } },
    { enabled: wanted, staleMs: 60_000 },
  )
  return (id) => {
    const found = list.data?.items.find((segment) => segment.id === id)
    return found === undefined ? `#${id}` : `“${found.name}”`
  }
}
