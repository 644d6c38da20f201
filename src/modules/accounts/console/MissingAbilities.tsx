import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../console/ui/sentence.ts'
import type { AccountDetail } from '../schema.ts'

/** What an account of this type can't do at WeChat, so that nobody looks for it here. */
export function MissingAbilities({ account }: { account: AccountDetail }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const byReason = Map.groupBy(account.missingAbilities, ({ reason }) => reason)
  if (byReason.size === 0) return null
  return (
    <section className="w-panel">
      <h2>{t('accounts.missingTitle')}</h2>
      {[...byReason].map(([reason, abilities]) => (
        <div key={reason} style={{ marginBottom: 8 }}>
          <div>{abilities.map(({ ability }) => t(`accounts.ability.${ability}`)).join(' · ')}</div>
          <div className="w-faint w-small">{abilities[0] && sentence(abilities[0].advice)}</div>
        </div>
      ))}
    </section>
  )
}
