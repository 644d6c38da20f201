import { useTranslation } from 'react-i18next'
import { kindOfUse, pageOfUse, useBrokenUses } from '../../modules/contents/console/index.ts'
import type { Matter } from './matter.ts'

/** What is live and names a material that is gone, before it fails; rules that answer are told with their other problems. */
export function useMaterialMatters(accountId: string): Matter[] {
  const { t } = useTranslation()
  const broken = useBrokenUses(accountId).filter(({ use }) => use.kind !== 'reply-rule')
  const [first] = broken
  if (first === undefined) return []
  const { use, material } = first
  const number = new Set(broken.map((one) => `${one.use.kind} ${one.use.id}`)).size
  const said = { kind: t(`materialUses.kind.${kindOfUse(use)}`), name: use.name || material.title, number }
  const title =
    number > 1
      ? t('materialUses.attentionMore', said)
      : use.kind === 'live-menu'
        ? t('materialUses.attentionMenu')
        : t('materialUses.attention', said)
  return [
    {
      key: 'materials',
      type: 'warning',
      title,
      hint: t('materialUses.brokenHint', { names: material.title || t('articles.untitled') }),
      to: pageOfUse(accountId, use),
      action: t('overview.handle'),
    },
  ]
}
