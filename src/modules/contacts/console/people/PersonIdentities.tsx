import { Button, Descriptions, Timeline, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../../console/ui/ConfirmWithNumbers.tsx'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import {
  type ContactMerge,
  getPersonEndpoint,
  listMergesEndpoint,
  type PersonDetail,
  undoMergeEndpoint,
} from '../../schema.ts'
import { MergeStory } from './MergeStory.tsx'

/** Every id of a person, and how they came to be one. */
export function PersonIdentities({ person }: { person: PersonDetail }) {
  return (
    <div
      className="w-grid"
      style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(330px, 1fr))', alignItems: 'start' }}
    >
      <Identities person={person} />
      <Merges contactId={person.id} />
    </div>
  )
}

function Identities({ person }: { person: PersonDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const shownVisitors = person.identities.filter(({ kind }) => kind === 'anonymous').length
  const mono = (value: string) => <span className="w-mono">{value}</span>
  return (
    <section className="w-panel">
      <h2>{t('people.identities')}</h2>
      <Descriptions
        colon={false}
        size="small"
        column={1}
        styles={{ label: { width: 140 } }}
        items={[
          { key: 'id', label: t('people.person'), children: mono(`#${person.id}`) },
          ...person.fans.map((fan) => ({
            key: `fan-${fan.fanId}`,
            label: `OpenID · ${fan.accountName}`,
            children: mono(fan.openid),
          })),
          ...person.identities.map(({ kind, value, addedAt }) => ({
            key: `${kind}-${value}`,
            label: t(`people.kinds.${kind}`),
            children: (
              <Tooltip
                title={addedAt === null ? undefined : t('people.since', { at: format.instant(addedAt) })}
              >
                {mono(value)}
              </Tooltip>
            ),
          })),
        ]}
      />
      {person.visitorIds > shownVisitors && (
        <p className="w-faint w-small">
          {t('people.moreVisitors', { number: format.number(person.visitorIds - shownVisitors) })}
        </p>
      )}
    </section>
  )
}

function Merges({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const query = useEndpoint(listMergesEndpoint, { params: { contactId } })
  return (
    <section className="w-panel">
      <h2>{t('people.merges')}</h2>
      <Loaded query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title={t('people.noMerges')} hint={t('people.noMergesHint')} />
          ) : (
            <Timeline
              items={items.map((merge) => ({
                key: merge.id,
                color: merge.undoneAt === null ? 'var(--w-accent)' : 'gray',
                content: (
                  <>
                    <MergeStory merge={merge} />
                    <UndoButton merge={merge} contactId={contactId} />
                  </>
                ),
              }))}
            />
          )
        }
      </Loaded>
    </section>
  )
}

function UndoButton({ merge, contactId }: { merge: ContactMerge; contactId: string }) {
  const { t } = useTranslation()
  const allowed = useCan('contacts:write')
  const [asking, setAsking] = useState(false)
  const undo = useEndpointMutation(undoMergeEndpoint, {
    success: t('people.undoneNow'),
    invalidates: [listMergesEndpoint, getPersonEndpoint],
    onSuccess: () => setAsking(false),
  })
  if (merge.undoneAt !== null) return null
  const why = !allowed ? t('common.notAllowed') : merge.canUndo ? undefined : t('people.undoOnlyLatest')
  return (
    <>
      <Tooltip title={why}>
        <Button size="small" disabled={why !== undefined} onClick={() => setAsking(true)}>
          {t('people.undo')}
        </Button>
      </Tooltip>
      <ConfirmWithNumbers
        open={asking}
        title={t('people.undoTitle')}
        numbers={[
          { label: t('people.undoNumbers.fans'), value: merge.moved.fans },
          { label: t('people.undoNumbers.identities'), value: merge.moved.identities.length },
          { label: t('people.undoNumbers.tags'), value: merge.moved.tags },
          {
            label: t('people.undoNumbers.attributes'),
            value: merge.moved.attributes + merge.moved.overridden,
          },
        ]}
        note={t('people.undoNote')}
        okText={t('people.undo')}
        busy={undo.isPending}
        onConfirm={() => undo.mutate({ params: { contactId, mergeId: merge.id } })}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
