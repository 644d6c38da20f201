import { EditOutlined } from '@ant-design/icons'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { FanBroadcasts } from '../../modules/broadcasts/console/index.ts'
import { PersonCampaigns } from '../../modules/campaigns/console/index.ts'
import { PersonConsents } from '../../modules/consents/console/index.ts'
import {
  MergeStory,
  PersonIdentities,
  PersonOverview,
  RenamePerson,
  usePersonName,
} from '../../modules/contacts/console/index.ts'
import { getPersonEndpoint, type PersonDetail } from '../../modules/contacts/schema.ts'
import { PersonDetails } from '../../modules/datasets/console/index.ts'
import { SuppressionButton } from '../../modules/deliveries/console/index.ts'
import { ContactTimeline } from '../../modules/ingest/console/index.ts'
import { EraseButton } from '../../modules/privacy/console/index.ts'
import { TagPeopleButton } from '../../modules/tags/console/index.ts'
import { useEndpoint } from '../hooks.ts'
import { useCan } from '../session.ts'
import { PageHeader } from '../ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../ui/states.tsx'
import { UrlTabs } from '../ui/UrlTabs.tsx'

/** One person across accounts. Each part belongs to the module that knows it. */
export function CustomerPage() {
  const { contactId = '' } = useParams()
  const query = useEndpoint(getPersonEndpoint, { params: { contactId } }, { every: 30_000 })
  return <Loaded query={query}>{(person) => <Customer key={person.id} person={person} />}</Loaded>
}

function Customer({ person }: { person: PersonDetail }) {
  const { t } = useTranslation()
  const nameOf = usePersonName()
  const seesSends = useCan('broadcasts:read')
  const seesCampaigns = useCan('campaigns:read')
  const seesDetails = useCan('datasets:read')
  const kinds = [...new Set(person.identities.map(({ kind }) => kind))]
  return (
    <>
      <PageHeader
        title={nameOf({ ...person, kinds: person.fans.length > 0 ? [] : kinds })}
        sub={<Sub person={person} />}
        back={{ to: '/customers', label: t('people.title') }}
        actions={
          <>
            <TagPeopleButton people={{ kind: 'contacts', contactIds: [person.id] }} />
            <SuppressionButton contactId={person.id} />
            <EraseButton contactId={person.id} />
            <Rename person={person} />
          </>
        }
      />
      {person.mergedFrom !== null && (
        <Alert
          showIcon
          style={{ marginBottom: 12 }}
          title={t('people.mergedInto', { from: person.mergedFrom })}
        />
      )}
      <UrlTabs
        alone
        destroyOnHidden
        items={[
          { key: 'overview', label: t('people.tabs.overview'), children: <PersonOverview person={person} /> },
          {
            key: 'timeline',
            label: t('people.tabs.timeline'),
            children: (
              <ContactTimeline contactId={person.id} story={(merge) => <MergeStory merge={merge} />} />
            ),
          },
          ...(seesDetails
            ? [
                {
                  key: 'details',
                  label: t('nav.datasets'),
                  children: <PersonDetails contactId={person.id} />,
                },
              ]
            : []),
          ...(seesSends
            ? [{ key: 'sends', label: t('people.tabs.sends'), children: <Sends person={person} /> }]
            : []),
          ...(seesCampaigns
            ? [
                {
                  key: 'campaigns',
                  label: t('campaigns.person.tab'),
                  children: <PersonCampaigns contactId={person.id} />,
                },
              ]
            : []),
          {
            key: 'consents',
            label: t('consents.customer'),
            children: <PersonConsents contactId={person.id} />,
          },
          {
            key: 'identities',
            label: t('people.tabs.identities'),
            children: <PersonIdentities person={person} />,
          },
        ]}
      />
    </>
  )
}

function Sub({ person }: { person: PersonDetail }) {
  const { t } = useTranslation()
  if (person.openReviews === 0) return <span className="w-mono">#{person.id}</span>
  return (
    <>
      <span className="w-mono">#{person.id}</span> ·{' '}
      <Link to={`/customers/reviews?contact=${person.id}`}>
        {t('people.reviewsOpen', { number: person.openReviews })}
      </Link>
    </>
  )
}

function Rename({ person }: { person: PersonDetail }) {
  const { t } = useTranslation()
  const allowed = useCan('contacts:write')
  const [open, setOpen] = useState(false)
  if (!allowed) return null
  return (
    <>
      <Button icon={<EditOutlined />} onClick={() => setOpen(true)}>
        {t('people.rename')}
      </Button>
      <RenamePerson open={open} person={person} onClose={() => setOpen(false)} />
    </>
  )
}

/** What was sent, account by account: a month's allowance belongs to a fan, not to a person. */
function Sends({ person }: { person: PersonDetail }) {
  const { t } = useTranslation()
  if (person.fans.length === 0) {
    return <EmptyState title={t('people.noSends')} hint={t('people.noSendsHint')} />
  }
  return (
    <div className="w-stack">
      {person.fans.map((fan) => (
        <FanBroadcasts
          key={fan.fanId}
          accountId={fan.accountId}
          fanId={fan.fanId}
          title={`${fan.accountName} · ${t('fans.received')}`}
        />
      ))}
    </div>
  )
}
