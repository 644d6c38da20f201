import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

type Person = { contactId: string; name: string | null; openid: string | null }

/** Somebody in a list, leading to their page. */
export function PersonName({ person }: { person: Person }) {
  const { t } = useTranslation()
  const { contactId, name, openid } = person
  return (
    <span onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
      <Link to={`/customers/${contactId}`}>{name ?? t('campaigns.people.numbered', { id: contactId })}</Link>
      {openid !== null && <div className="w-mono w-faint">{openid}</div>}
    </span>
  )
}
