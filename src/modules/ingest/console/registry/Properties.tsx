import { Table, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import {
  listRegisteredPropertiesEndpoint,
  type PropertyType,
  type RegisteredProperty,
  suggestPropertyValuesEndpoint,
  updateRegisteredPropertyEndpoint,
} from '../../schema/registry.ts'
import { RenameField } from './RenameField.tsx'

/** The properties an event came with: types, conflicts, examples. */
export function Properties({ event }: { event: string }) {
  const { t } = useTranslation()
  const query = useEndpoint(listRegisteredPropertiesEndpoint, { params: { name: event } })
  return (
    <section>
      <h2 className="w-section-title">{t('registry.properties')}</h2>
      <Loaded query={query} rows={4}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title={t('registry.noProperties')} hint={t('registry.noPropertiesHint')} />
          ) : (
            <PropertyTable event={event} items={items} />
          )
        }
      </Loaded>
    </section>
  )
}

function PropertyTable({ event, items }: { event: string; items: RegisteredProperty[] }) {
  const { t } = useTranslation()
  const mayManage = useCan('events:manage')
  const update = useEndpointMutation(updateRegisteredPropertyEndpoint, {
    invalidates: [listRegisteredPropertiesEndpoint],
    success: t('common.saved'),
  })
  return (
    <Table<RegisteredProperty>
      size="small"
      rowKey="name"
      pagination={false}
      scroll={{ x: 520 }}
      dataSource={items}
      expandable={{ expandedRowRender: ({ name }) => <Values event={event} property={name} /> }}
      columns={[
        {
          title: t('registry.properties'),
          render: (_, row) => (
            <>
              <span className="w-mono">{row.name}</span>
              <div>
                <RenameField
                  value={row.displayName}
                  editable={mayManage}
                  busy={update.isPending}
                  onSave={(displayName) =>
                    update.mutate({ params: { name: event, property: row.name }, body: { displayName } })
                  }
                />
              </div>
            </>
          ),
        },
        { title: t('registry.type'), width: 130, render: (_, row) => <Types property={row} /> },
        {
          title: t('registry.sample'),
          render: (_, { sample }) => (
            <span className="w-mono">
              {sample === null || sample === undefined ? '—' : JSON.stringify(sample).slice(0, 80)}
            </span>
          ),
        },
      ]}
    />
  )
}

function Types({ property }: { property: RegisteredProperty }) {
  const { t } = useTranslation()
  const format = useFormat()
  const seen = (Object.entries(property.types) as [PropertyType, number][])
    .sort(([, a], [, b]) => b - a)
    .map(([type, count]) => `${t(`registry.types.${type}`)} ${format.number(count)}`)
    .join('，')
  return (
    <>
      {t(`registry.types.${property.type}`)}
      {property.conflict && (
        <Tooltip title={t('registry.conflictHint', { types: seen })}>
          <div>
            <StateTag tone="warn">{t('registry.conflict')}</StateTag>
          </div>
        </Tooltip>
      )}
    </>
  )
}

function Values({ event, property }: { event: string; property: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useEndpoint(suggestPropertyValuesEndpoint, {
    params: { name: event, property },
    query: { limit: 10 },
  })
  return (
    <Loaded query={query} rows={2}>
      {({ items, lookedAt }) =>
        items.length === 0 ? (
          <span className="w-faint">{t('registry.noValues')}</span>
        ) : (
          <>
            <p className="w-faint w-small" style={{ margin: '0 0 6px' }}>
              {t('registry.values')} · {t('registry.valuesHint', { number: format.number(lookedAt) })}
            </p>
            {items.map(({ value, count }) => (
              <div key={value} className="w-row" style={{ justifyContent: 'space-between', maxWidth: 360 }}>
                <span className="w-ellipsis">{value}</span>
                <span className="w-soft">{format.number(count)}</span>
              </div>
            ))}
          </>
        )
      }
    </Loaded>
  )
}
