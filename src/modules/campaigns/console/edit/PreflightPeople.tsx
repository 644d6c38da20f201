import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { preflightPeopleEndpoint } from '../../schema.ts'
import { PersonName } from '../PersonName.tsx'

export type Asked = { reason: string; label: string; count: number }

/** Some of the people behind one number of the pre-flight. */
export function PreflightPeople({
  campaignId,
  asked,
  onClose,
}: {
  campaignId: string
  asked: Asked | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const query = useEndpoint(
    preflightPeopleEndpoint,
    { params: { accountId, campaignId }, query: { reason: asked?.reason ?? '' } },
    { enabled: asked !== undefined, staleMs: 10_000 },
  )
  return (
    <Drawer open={asked !== undefined} onClose={onClose} size={460} title={asked?.label}>
      {asked !== undefined && (
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState compact title={t('campaigns.people.empty')} />
            ) : (
              <>
                <p className="w-soft">
                  {t('campaigns.review.peopleShown', {
                    shown: format.number(items.length),
                    count: format.number(asked.count),
                  })}
                </p>
                <ul className="w-people-list">
                  {items.map((person) => (
                    <li key={person.contactId} className="w-people-row">
                      <PersonName person={person} />
                    </li>
                  ))}
                </ul>
              </>
            )
          }
        </Loaded>
      )}
    </Drawer>
  )
}
