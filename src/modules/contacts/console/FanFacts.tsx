import { Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import type { FanDetail } from '../schema.ts'
import { FollowTag, sceneText, TagNames } from './columns.tsx'

/** Who a fan is: identities, tags, and the same person elsewhere. */
export function FanFacts({ fan }: { fan: FanDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section className="w-panel">
      <h2>
        {t('fans.identity')} <Link to={`/customers/${fan.contactId}`}>{t('fans.openPerson')}</Link>
      </h2>
      <Descriptions
        colon={false}
        size="small"
        column={1}
        styles={{ label: { width: 120 } }}
        items={[
          { key: 'openid', label: 'OpenID', children: <span className="w-mono">{fan.openid}</span> },
          {
            key: 'unionid',
            label: 'UnionID',
            children: <span className="w-mono">{fan.unionid ?? t('fans.noUnionid')}</span>,
          },
          { key: 'tags', label: t('nav.tags'), children: <TagNames tagIds={fan.tagIds} /> },
          { key: 'remark', label: t('fans.remark'), children: fan.remark || '—' },
          { key: 'state', label: t('fans.following'), children: <FollowTag following={fan.following} /> },
          { key: 'followed', label: t('fans.followedAt'), children: format.instant(fan.followedAt) },
          ...(fan.unfollowedAt === null || fan.following
            ? []
            : [
                {
                  key: 'unfollowed',
                  label: t('fans.unfollowedAt'),
                  children: format.instant(fan.unfollowedAt),
                },
              ]),
          { key: 'last', label: t('fans.lastInteraction'), children: format.instant(fan.lastInteractionAt) },
          {
            key: 'scene',
            label: t('fans.scene'),
            children: `${sceneText(fan.subscribeScene)}${fan.qrScene ? ` · ${fan.qrScene}` : ''}`,
          },
          { key: 'since', label: t('fans.contactSince'), children: format.instant(fan.contactSince) },
        ]}
      />
      {fan.otherAccounts.length > 0 && (
        <>
          <h3 className="w-section-title" style={{ margin: '8px 0' }}>
            {t('fans.samePerson')}
          </h3>
          {fan.otherAccounts.map((other) => (
            <div className="w-row" key={other.id} style={{ padding: '3px 0' }}>
              <Link to={`/accounts/${other.accountId}/fans/${other.id}`}>{other.accountName}</Link>
              <FollowTag following={other.following} />
            </div>
          ))}
        </>
      )}
    </section>
  )
}
