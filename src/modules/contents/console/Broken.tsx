import { Alert, Tag, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { type BrokenUse, listBrokenUsesEndpoint, type MaterialUse } from '../schema.ts'

type Of = {
  accountId: string
  /** Whose materials are asked about. */
  match: (use: MaterialUse) => boolean
}

/** What is live in an account and names a material that WeChat has no more. */
export function useBrokenUses(accountId: string): BrokenUse[] {
  const allowed = useCan('contents:read')
  const { data } = useEndpoint(
    listBrokenUsesEndpoint,
    { params: { accountId } },
    { enabled: allowed, every: 15_000 },
  )
  return data?.items ?? []
}

function useNames({ accountId, match }: Of): string | undefined {
  const { t } = useTranslation()
  const titles = useBrokenUses(accountId).flatMap(({ use, material: { title } }) =>
    match(use) ? [title || t('articles.untitled')] : [],
  )
  return titles.length === 0 ? undefined : [...new Set(titles)].join(t('materialUses.comma'))
}

/** 素材已不存在, beside the name of what uses it; nothing where all is there. */
export function BrokenTag(of: Of) {
  const { t } = useTranslation()
  const names = useNames(of)
  if (names === undefined) return null
  return (
    <Tooltip title={t('materialUses.brokenHint', { names })}>
      <Tag color="error">{t('materialUses.broken')}</Tag>
    </Tooltip>
  )
}

/** The same above a page. */
export function BrokenAlert(of: Of) {
  const { t } = useTranslation()
  const names = useNames(of)
  if (names === undefined) return null
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 12 }}
      title={t('materialUses.broken')}
      description={t('materialUses.brokenHint', { names })}
    />
  )
}
