import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccounts } from '../../../../console/session.ts'
import { listFacetsEndpoint } from '../../../contacts/schema.ts'
import { ACCOUNT_COLUMNS, PERSON_COLUMNS } from '../../schema.ts'

export const DEFAULT_COLUMNS = ['id', 'name', 'phone', 'user', 'tags', 'created_at']

/** Every column there is, by group: a person's own, attributes, then each account's. */
export function useExportColumns() {
  const { t } = useTranslation()
  const accounts = useAccounts().data?.items ?? []
  const attributes = useEndpoint(listFacetsEndpoint, {}, { staleMs: 60_000 }).data?.attributes ?? []
  return [
    {
      label: t('exports.personal'),
      options: PERSON_COLUMNS.map((value) => ({
        value: value as string,
        label: t(`exports.column.${value}`),
      })),
    },
    {
      label: t('exports.attributes'),
      options: attributes.map(({ key, displayName }) => ({ value: `a:${key}`, label: displayName ?? key })),
    },
    ...accounts.map(({ id, name }) => ({
      label: name,
      options: ACCOUNT_COLUMNS.map((kind) => ({
        value: `${kind}:${id}`,
        label: `${t(`exports.column.${kind}`)} · ${name}`,
      })),
    })),
  ].filter(({ options }) => options.length > 0)
}
