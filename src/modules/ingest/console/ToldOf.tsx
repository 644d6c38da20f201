import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { ContactEvent } from '../schema.ts'

/** The code that was scanned and the rules that answered, by their names. */
export function ToldOf({ told, accountId }: { told: ContactEvent['told']; accountId: string | null }) {
  const { t } = useTranslation()
  return told.map(({ kind, id, name }) => (
    <div key={`${kind}${id}`} className="w-small">
      <span className="w-soft">{t(`events.told.${kind}`)}</span>{' '}
      {kind === 'qr-code' && accountId !== null ? (
        <Link to={`/accounts/${accountId}/qr-codes/${id}`}>{name}</Link>
      ) : (
        name
      )}
    </div>
  ))
}
