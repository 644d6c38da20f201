import { Button, Descriptions, Drawer, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../../console/ui/ConfirmWithNumbers.tsx'
import { Loaded } from '../../../../console/ui/states.tsx'
import {
  getRegisteredEventEndpoint,
  listOccurrencesEndpoint,
  listRegisteredEventsEndpoint,
  type RegisteredEvent,
  updateRegisteredEventEndpoint,
} from '../../schema/registry.ts'
import { Properties } from './Properties.tsx'
import { RenameField } from './RenameField.tsx'
import { titleOf } from './words.ts'

export function EventDrawer({
  name,
  isOpen,
  onClose,
}: {
  name: string | undefined
  isOpen: boolean
  onClose: () => void
}) {
  const query = useEndpoint(
    getRegisteredEventEndpoint,
    { params: { name: name ?? '' } },
    { enabled: name !== undefined && isOpen },
  )
  return (
    <Drawer
      open={isOpen}
      onClose={onClose}
      size={640}
      title={query.data === undefined ? name : titleOf(query.data)}
      destroyOnHidden
    >
      <Loaded query={query}>{(event) => <Detail key={event.name} event={event} />}</Loaded>
    </Drawer>
  )
}

const CHANGED = [getRegisteredEventEndpoint, listRegisteredEventsEndpoint]

function Detail({ event }: { event: RegisteredEvent }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useCan('events:manage')
  const params = { name: event.name }
  const update = useEndpointMutation(updateRegisteredEventEndpoint, {
    invalidates: CHANGED,
    success: t('common.saved'),
  })
  return (
    <div className="w-stack">
      <Descriptions
        column={1}
        size="small"
        items={[
          {
            key: 'name',
            label: t('registry.event'),
            children: <span className="w-mono">{event.name}</span>,
          },
          {
            key: 'display',
            label: t('registry.displayName'),
            children: (
              <RenameField
                value={event.displayName}
                hint={t('registry.displayNameHint')}
                editable={mayManage}
                busy={update.isPending}
                onSave={(displayName) => update.mutate({ params, body: { displayName } })}
              />
            ),
          },
          { key: 'volume', label: t('registry.volume'), children: format.number(event.volume) },
          { key: 'first', label: t('registry.firstSeen'), children: format.second(event.firstSeenAt) },
          { key: 'last', label: t('registry.lastSeen'), children: format.second(event.lastSeenAt) },
        ]}
      />
      {mayManage && <IgnoreButton event={event} />}
      <Properties event={event.name} />
      <Recent name={event.name} />
    </div>
  )
}

function IgnoreButton({ event }: { event: RegisteredEvent }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [asking, setAsking] = useState(false)
  const update = useEndpointMutation(updateRegisteredEventEndpoint, {
    invalidates: CHANGED,
    success: t('common.saved'),
    onSuccess: () => setAsking(false),
  })
  const set = (ignored: boolean) => update.mutate({ params: { name: event.name }, body: { ignored } })
  return (
    <div>
      {event.ignored ? (
        <Button loading={update.isPending} onClick={() => set(false)}>
          {t('registry.unignore')}
        </Button>
      ) : (
        <Button onClick={() => setAsking(true)}>{t('registry.ignore')}</Button>
      )}
      <ConfirmWithNumbers
        open={asking}
        title={t('registry.ignoreTitle', { name: titleOf(event) })}
        numbers={[
          { label: t('registry.volume'), value: format.number(event.volume), strong: true },
          { label: t('registry.lastSeen'), value: format.second(event.lastSeenAt) },
        ]}
        note={t('registry.ignoreNote')}
        okText={t('registry.ignore')}
        danger
        busy={update.isPending}
        onConfirm={() => set(true)}
        onCancel={() => setAsking(false)}
      />
    </div>
  )
}

function Recent({ name }: { name: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useEndpoint(
    listOccurrencesEndpoint,
    { params: { name }, query: { limit: 10 } },
    { every: 3_000 },
  )
  return (
    <section>
      <h2 className="w-section-title">{t('registry.recent')}</h2>
      <Loaded query={query} rows={3}>
        {({ items }) => (
          <>
            {items.map((one) => (
              <div key={one.id} style={{ padding: '6px 0', borderBottom: '1px solid var(--w-line-soft)' }}>
                <div className="w-row">
                  <span className="w-mono">{format.second(one.at)}</span>
                  {one.contactId !== null && <Link to={`/customers/${one.contactId}`}>#{one.contactId}</Link>}
                  {one.sourceId !== null && (
                    <Link to={`/settings/sources/${one.sourceId}?tab=live`}>
                      <Tag>{t('registry.live')}</Tag>
                    </Link>
                  )}
                </div>
                <div className="w-faint w-mono">
                  {one.properties === null
                    ? t('sources.masked')
                    : JSON.stringify(one.properties).slice(0, 300)}
                </div>
              </div>
            ))}
          </>
        )}
      </Loaded>
    </section>
  )
}
