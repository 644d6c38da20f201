import { InputNumber, Switch, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList, useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import {
  type Erasure,
  getPrivacySettingsEndpoint,
  listErasuresEndpoint,
  type PrivacySettings,
  updatePrivacySettingsEndpoint,
} from '../schema.ts'
import { useCounts } from './counts.ts'

/** What goes by itself, and who was erased. */
export function PrivacyPage() {
  const { t } = useTranslation()
  const settings = useEndpoint(getPrivacySettingsEndpoint, {})
  return (
    <>
      <PageHeader title={t('privacy.title')} sub={t('privacy.sub')} />
      <Loaded query={settings} rows={3}>
        {(data) => <Unfollowed settings={data} />}
      </Loaded>
      <h2 className="w-section-title">{t('privacy.erasures')}</h2>
      <Erasures />
    </>
  )
}

function Unfollowed({ settings }: { settings: PrivacySettings }) {
  const { t } = useTranslation()
  const update = useEndpointMutation(updatePrivacySettingsEndpoint, {
    success: t('privacy.saved'),
    invalidates: [getPrivacySettingsEndpoint],
  })
  const save = (change: Partial<PrivacySettings>) => update.mutate({ body: { ...settings, ...change } })
  return (
    <section className="w-panel" style={{ marginBottom: 16 }}>
      <div className="w-row">
        <Switch
          aria-label={t('privacy.unfollowTitle')}
          checked={settings.eraseAfterUnfollow}
          loading={update.isPending}
          onChange={(eraseAfterUnfollow) => save({ eraseAfterUnfollow })}
        />
        <strong>{t('privacy.unfollowTitle')}</strong>
        <InputNumber
          key={settings.unfollowDays}
          min={0}
          max={365}
          precision={0}
          suffix={t('privacy.days')}
          aria-label={t('privacy.days')}
          defaultValue={settings.unfollowDays}
          onBlur={({ target }) => {
            const days = Number.parseInt(target.value, 10)
            if (days >= 0 && days <= 365 && days !== settings.unfollowDays) save({ unfollowDays: days })
          }}
        />
      </div>
      <p className="w-soft">{t('privacy.unfollowHint', { days: settings.unfollowDays })}</p>
      <blockquote className="w-soft w-small" style={{ margin: 0 }}>
        {t('privacy.rule')}：{t('privacy.ruleText')}
      </blockquote>
    </section>
  )
}

function Erasures() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const countsOf = useCounts()
  const list = useCursorList(listErasuresEndpoint, {}, { every: 15_000 })
  const columns: TableColumnsType<Erasure> = [
    { title: t('privacy.number'), dataIndex: 'id', width: 90 },
    { title: t('people.person'), render: (_, { contactId }) => `#${contactId}` },
    { title: t('privacy.reason'), render: (_, { reason }) => t(`privacy.reasons.${reason}`) },
    { title: t('privacy.by'), render: (_, { requestedBy }) => requestedBy ?? t('common.system') },
    {
      title: t('privacy.requested'),
      className: 'w-nowrap',
      render: (_, { requestedAt }) => format.instant(requestedAt),
    },
    {
      title: t('privacy.finished'),
      className: 'w-nowrap',
      render: (_, { finishedAt }) =>
        finishedAt === null ? t('privacy.running') : format.instant(finishedAt),
    },
    {
      title: t('privacy.what'),
      render: (_, { counts }) =>
        countsOf(counts)
          .map(({ label, value }) => `${label} ${value}`)
          .join(' · ') || '—',
    },
  ]
  return (
    <CursorTable<Erasure>
      list={list}
      columns={columns}
      rowKey="id"
      minWidth={860}
      onOpen={({ id }) => void navigate(`/settings/privacy/${id}`)}
      empty={<EmptyState title={t('privacy.none')} hint={t('privacy.noneHint')} />}
    />
  )
}
