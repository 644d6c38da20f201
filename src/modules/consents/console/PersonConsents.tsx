import { Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccounts } from '../../../console/session.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { type ConsentEvent, type ContactConsent, contactConsentsEndpoint } from '../schema.ts'
import { GrantState } from './SubscribersDrawer.tsx'

/** What one person allows, and when they agreed or cancelled. */
export function PersonConsents({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const query = useEndpoint(contactConsentsEndpoint, { params: { contactId } })
  const consents = useConsentColumns()
  const answers = useAnswerColumns()
  return (
    <Loaded query={query}>
      {({ items, events }) =>
        items.length === 0 && events.length === 0 ? (
          <EmptyState title={t('consents.customerEmpty')} hint={t('consents.customerEmptyHint')} />
        ) : (
          <div className="w-stack">
            <div className="w-table-panel">
              <Table<ContactConsent>
                size="middle"
                rowKey="templateId"
                columns={consents}
                dataSource={items}
                pagination={false}
                scroll={{ x: 720 }}
              />
            </div>
            <section>
              <h2 className="w-section-title">{t('consents.answers')}</h2>
              <div className="w-table-panel">
                <Table<ConsentEvent>
                  size="small"
                  rowKey={({ at, wechatId, accepted }) => `${at}:${wechatId}:${accepted}`}
                  columns={answers}
                  dataSource={events}
                  pagination={false}
                  scroll={{ x: 640 }}
                />
              </div>
            </section>
          </div>
        )
      }
    </Loaded>
  )
}

function useAccountName(): (id: string) => string {
  const { data } = useAccounts()
  return (id) => data?.items.find((account) => account.id === id)?.name ?? id
}

function useConsentColumns(): TableColumnsType<ContactConsent> {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useAccountName()
  return [
    {
      title: t('consents.template'),
      render: (_, { title, term, gone }) => (
        <>
          <strong>{title}</strong> {gone && <StateTag tone="bad">{t('consents.templateGone')}</StateTag>}
          <div className="w-faint">{t(`templates.term.${term}`)}</div>
        </>
      ),
    },
    { title: t('nav.accounts'), render: (_, { accountId }) => nameOf(accountId) },
    {
      title: t('common.state'),
      render: (_, { left, rejected }) => <GrantState left={left} rejected={rejected} />,
    },
    {
      title: t('consents.sendsLeft'),
      render: (_, { left, term }) =>
        left === 0
          ? '0'
          : term === 'long-term'
            ? t('consents.leftLong')
            : t('consents.left', { number: format.number(left) }),
    },
    { title: t('consents.acceptedAt'), render: (_, { acceptedAt }) => format.instant(acceptedAt) },
    { title: t('consents.rejectedAt'), render: (_, { rejectedAt }) => format.instant(rejectedAt) },
  ]
}

function useAnswerColumns(): TableColumnsType<ConsentEvent> {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useAccountName()
  const scenes = t('consents.scene', { returnObjects: true }) as Record<number, string>
  return [
    { title: t('audit.at'), render: (_, { at }) => format.second(at) },
    {
      title: t('consents.template'),
      render: (_, { title }) => title ?? <span className="w-faint">{t('consents.unknownTemplate')}</span>,
    },
    { title: t('nav.accounts'), render: (_, { accountId }) => nameOf(accountId) },
    {
      title: t('common.state'),
      render: (_, { accepted, scene }) => {
        const word = accepted ? 'accepted' : scene === null ? 'cancelled' : 'refused'
        const where = scene === null ? undefined : scenes[scene]
        return (
          <StateTag tone={accepted ? 'good' : 'idle'}>
            {t(`consents.${word}`)}
            {where !== undefined && ` · ${where}`}
          </StateTag>
        )
      },
    },
  ]
}
