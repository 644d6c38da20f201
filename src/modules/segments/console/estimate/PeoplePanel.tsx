import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ErrorState, LoadingState } from '../../../../console/ui/states.tsx'
import type { SamplePerson } from '../../schema/ask.ts'
import type { Rule } from '../../schema/rule.ts'
import { useSample } from './use-asked.ts'

/** Some of the people found, each with the way to their page and to why they are in. */
export function PeoplePanel({
  rule,
  accountId,
  at,
  ready,
  onWhy,
}: {
  rule: Rule
  accountId?: string | undefined
  at?: string | undefined
  ready: boolean
  onWhy?: (person: SamplePerson) => void
}) {
  const { t } = useTranslation()
  const sample = useSample({ rule, accountId, at }, ready)
  if (!ready && sample.data === undefined) return null
  return (
    <section className="w-panel">
      <h2>{t('segments.sample')}</h2>
      {sample.error ? (
        <ErrorState error={sample.error} onRetry={() => void sample.refetch()} />
      ) : sample.data === undefined ? (
        <LoadingState rows={3} />
      ) : sample.data.items.length === 0 ? (
        <p className="w-soft">{t('segments.sampleEmpty')}</p>
      ) : (
        <ul className={`w-sample${sample.isPlaceholderData || !ready ? ' w-stale' : ''}`}>
          {sample.data.items.map((person) => (
            <li key={person.contactId}>
              <PersonLink person={person} />
              {onWhy && (
                <Button size="small" type="link" onClick={() => onWhy(person)}>
                  {t('segments.whyIn')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

export function PersonLink({ person }: { person: Pick<SamplePerson, 'contactId' | 'name' | 'openid'> }) {
  const { t } = useTranslation()
  return (
    <Link to={`/customers/${person.contactId}`} className="w-ellipsis">
      {person.name ?? t('segments.personNumbered', { id: person.contactId })}
      {person.openid !== null && <span className="w-faint w-small"> {person.openid}</span>}
    </Link>
  )
}
