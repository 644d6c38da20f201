import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../console/hooks.ts'
import { listFacetsEndpoint } from '../../../contacts/schema.ts'
import { listDatasetsEndpoint } from '../../../datasets/schema.ts'
import { listRegisteredPropertiesEndpoint } from '../../../ingest/schema.ts'
import type { VariableSource } from '../../schema.ts'

const KEEP = { staleMs: 60_000 }

/** What variables can be made of: attributes, fields of datasets, and properties of the event that fires. */
export function useSources(eventName: string | null) {
  const facets = useEndpoint(listFacetsEndpoint, {}, KEEP).data
  const datasets = useEndpoint(listDatasetsEndpoint, {}, KEEP).data?.items
  const properties = useEndpoint(
    listRegisteredPropertiesEndpoint,
    { params: { name: eventName ?? '' } },
    { ...KEEP, enabled: eventName !== null },
  ).data?.items
  return {
    attributes: (facets?.attributes ?? []).map(({ key, displayName, type }) => ({
      key,
      label: displayName ?? key,
      type,
    })),
    datasets: (datasets ?? [])
      .filter(({ archived }) => !archived)
      .map(({ key, name, fields }) => ({
        key,
        label: name,
        fields: fields
          .filter(({ level }) => level === 'row')
          .map((field) => ({ key: field.key, label: field.name, type: field.type })),
      })),
    properties: (properties ?? []).map(({ name, displayName, type }) => ({
      key: name,
      label: displayName ?? name,
      type: String(type),
    })),
  }
}

/** Where a value comes from, in words. */
export function useSourceText(): (source: VariableSource) => string {
  const { t } = useTranslation()
  const { attributes, datasets } = useSources(null)
  return (source) => {
    switch (source.from) {
      case 'attribute': {
        const name = attributes.find(({ key }) => key === source.key)?.label ?? source.key
        return t('messages.source.attributeOf', { name })
      }
      case 'event':
        return t('messages.source.eventOf', { name: source.property })
      case 'latest-row': {
        const dataset = datasets.find(({ key }) => key === source.dataset)
        const field = dataset?.fields.find(({ key }) => key === source.field)?.label ?? source.field
        return t('messages.source.rowOf', { dataset: dataset?.label ?? source.dataset, field })
      }
      case 'person-name':
      case 'account-name':
      case 'event-time':
        return t(`messages.source.${source.from}`)
    }
  }
}
