import { EditOutlined } from '@ant-design/icons'
import { Button, Descriptions, Tag, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCan } from '../../../../console/session.ts'
import { EmptyState } from '../../../../console/ui/states.tsx'
import type { PersonDetail, PersonFan } from '../../schema.ts'
import { FollowTag, sceneText } from '../columns.tsx'
import { EditAttributes } from './EditAttributes.tsx'
import { useValueText } from './words.ts'

/** What is known of a person now. */
export function PersonOverview({ person }: { person: PersonDetail }) {
  return (
    <div
      className="w-grid"
      style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(330px, 1fr))', alignItems: 'start' }}
    >
      <Attributes person={person} />
      <div className="w-stack">
        <Tags person={person} />
        <Fans fans={person.fans} />
      </div>
    </div>
  )
}

function Attributes({ person }: { person: PersonDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = useValueText()
  const mayWrite = useCan('contacts:write')
  const [editing, setEditing] = useState(false)
  return (
    <section className="w-panel">
      {mayWrite && (
        <Button
          size="small"
          style={{ float: 'right' }}
          icon={<EditOutlined />}
          onClick={() => setEditing(true)}
        >
          {t('people.editAttributes')}
        </Button>
      )}
      <h2>{t('people.attributes')}</h2>
      {editing && <EditAttributes person={person} onClose={() => setEditing(false)} />}
      {person.attributes.length === 0 ? (
        <EmptyState compact title={t('people.noAttributes')} hint={t('people.noAttributesHint')} />
      ) : (
        <Descriptions
          colon={false}
          size="small"
          column={1}
          styles={{ label: { width: 140 } }}
          items={person.attributes.map(({ key, displayName, type, value, since }) => ({
            key,
            label: displayName ?? key,
            children: (
              <Tooltip title={t('people.since', { at: format.instant(since) })}>
                <span>{text(value, type)}</span>
              </Tooltip>
            ),
          }))}
        />
      )}
    </section>
  )
}

function Tags({ person }: { person: PersonDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section className="w-panel">
      <h2>{t('people.tags')}</h2>
      {person.tags.length === 0 && <span className="w-faint">{t('people.noTags')}</span>}
      {person.tags.map(({ id, name, groupName, since }) => (
        <Tooltip key={id} title={t('people.since', { at: format.instant(since) })}>
          <Tag>{groupName === null ? name : `${groupName} / ${name}`}</Tag>
        </Tooltip>
      ))}
    </section>
  )
}

function Fans({ fans }: { fans: readonly PersonFan[] }) {
  const { t } = useTranslation()
  return (
    <section className="w-panel">
      <h2>{t('people.fanOf')}</h2>
      {fans.length === 0 && <span className="w-faint">{t('people.notFan')}</span>}
      {fans.map((fan) => (
        <OneFan key={fan.fanId} fan={fan} />
      ))}
    </section>
  )
}

function OneFan({ fan }: { fan: PersonFan }) {
  const { t } = useTranslation()
  const format = useFormat()
  const tags = fan.tags.map(({ tagId, name }) => name ?? `#${tagId}`).join(' · ')
  return (
    <div style={{ padding: '6px 0' }}>
      <div className="w-row">
        <Link to={`/accounts/${fan.accountId}/fans/${fan.fanId}`}>
          {fan.accountName || `#${fan.accountId}`}
        </Link>
        <FollowTag following={fan.following} />
        {fan.remark !== null && fan.remark !== '' && <span className="w-soft">{fan.remark}</span>}
      </div>
      <div className="w-faint w-small">
        {t('fans.followedAt')} {format.instant(fan.followedAt)} · {t('fans.lastInteraction')}{' '}
        {format.instant(fan.lastInteractionAt)} · {t('fans.scene')} {sceneText(fan.subscribeScene)}
        {tags !== '' && ` · ${t('people.wechatTag')} ${tags}`}
      </div>
    </div>
  )
}
