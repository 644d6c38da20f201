import { useTranslation } from 'react-i18next'
import { PeoplePage } from '../../modules/contacts/console/index.ts'
import { TagPeopleButton } from '../../modules/tags/console/index.ts'
import { ExportPeopleButton, ImportPeopleButton } from '../../modules/transfers/console/index.ts'
import { useFormat } from '../format.ts'

/** The list of customers with what can be done to many of them: the ticked ones, or all that fit the filter. */
export function CustomersPage() {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <PeoplePage
      bulk={({ contactIds, filter }) =>
        contactIds.length === 0 ? (
          <>
            <TagPeopleButton people={{ kind: 'filter', filter }} label={t('tags.tagAll')} />
            <ExportPeopleButton people={{ kind: 'filter', filter }} label={t('exports.all')} />
            <ImportPeopleButton />
          </>
        ) : (
          <>
            <TagPeopleButton
              people={{ kind: 'contacts', contactIds: [...contactIds] }}
              label={t('tags.tagChosen', { number: format.number(contactIds.length) })}
            />
            <ExportPeopleButton
              people={{ kind: 'contacts', contactIds: [...contactIds] }}
              label={t('exports.chosen', { number: format.number(contactIds.length) })}
            />
          </>
        )
      }
    />
  )
}
