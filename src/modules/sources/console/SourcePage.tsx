import { Alert, Button, Tabs } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { useFilters } from '../../../console/ui/filters.tsx'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import { getSourceEndpoint, listSourcesEndpoint, type Source, updateSourceEndpoint } from '../schema.ts'
import { InstallGuide } from './InstallGuide.tsx'
import { LivePanel } from './LivePanel.tsx'
import { SettingsPanel } from './SettingsPanel.tsx'
import { SourceState } from './SourceState.tsx'
import { useKeys } from './use-keys.ts'

export function SourcePage() {
  const { sourceId = '' } = useParams()
  const query = useEndpoint(getSourceEndpoint, { params: { sourceId } }, { every: 2_000 })
  return <Loaded query={query}>{(source) => <Detail key={source.id} source={source} />}</Loaded>
}

const TABS = ['install', 'live', 'settings'] as const

function Detail({ source }: { source: Source }) {
  const { t } = useTranslation()
  const filters = useFilters(['tab'])
  const keys = useKeys(source)
  const tab = TABS.find((one) => one === filters.values.tab) ?? 'install'
  return (
    <>
      <PageHeader
        title={
          <>
            {source.name} <SourceState source={source} />
          </>
        }
        sub={
          <>
            {t(`sources.kind.${source.kind}`)} · {source.accountName ?? t('sources.noAccount')}
          </>
        }
        back={{ to: '/settings/sources', label: t('sources.title') }}
        actions={<StateButton source={source} />}
      />
      <Stats source={source} />
      <Tabs
        activeKey={tab}
        onChange={(next) => filters.set('tab', next)}
        items={TABS.map((key) => ({ key, label: t(`sources.tabs.${key}`) }))}
      />
      {source.accountId === null && tab !== 'live' && (
        <Alert
          type="info"
          showIcon
          title={t('sources.needsAccount')}
          style={{ marginBottom: 16, maxWidth: 900 }}
        />
      )}
      {tab === 'install' && <InstallGuide source={source} shown={keys} />}
      {tab === 'live' && <LivePanel source={source} />}
      {tab === 'settings' && <SettingsPanel source={source} shown={keys} />}
    </>
  )
}

function Stats({ source }: { source: Source }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { lastHour, lastDay } = source
  return (
    <StatRow>
      <NumberStat
        label={t('sources.lastReceived')}
        value={
          source.lastReceivedAt === null ? t('sources.never') : format.second(source.lastReceivedAt).slice(5)
        }
      />
      <NumberStat
        label={t('sources.accepted')}
        value={format.number(lastHour.accepted)}
        sub={`${t('sources.lastHour')} · ${t('sources.lastDay')} ${format.number(lastDay.accepted)}`}
      />
      <NumberStat
        label={t('sources.repeated')}
        hint={t('sources.repeatedHint')}
        value={format.number(lastHour.repeated)}
        sub={`${t('sources.lastHour')} · ${t('sources.lastDay')} ${format.number(lastDay.repeated)}`}
      />
      <NumberStat
        label={t('sources.rejected')}
        value={format.number(lastHour.rejected)}
        sub={`${t('sources.lastHour')} · ${t('sources.lastDay')} ${format.number(lastDay.rejected)}`}
        {...(lastHour.rejected > 0 && { tone: 'bad' as const })}
      />
    </StatRow>
  )
}

function StateButton({ source }: { source: Source }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [asking, setAsking] = useState(false)
  const update = useEndpointMutation(updateSourceEndpoint, {
    invalidates: [getSourceEndpoint, listSourcesEndpoint],
    success: t('common.saved'),
    onSuccess: () => setAsking(false),
  })
  const set = (state: Source['state']) => update.mutate({ params: { sourceId: source.id }, body: { state } })
  if (!useCan('sources:manage')) return null
  if (source.state === 'disabled')
    return (
      <Button type="primary" loading={update.isPending} onClick={() => set('active')}>
        {t('sources.enable')}
      </Button>
    )
  return (
    <>
      <Button danger onClick={() => setAsking(true)}>
        {t('sources.disable')}
      </Button>
      <ConfirmWithNumbers
        open={asking}
        title={t('sources.disableTitle', { name: source.name })}
        numbers={[
          {
            label: `${t('sources.accepted')}（${t('sources.lastHour')}）`,
            value: format.number(source.lastHour.accepted),
          },
          {
            label: `${t('sources.accepted')}（${t('sources.lastDay')}）`,
            value: format.number(source.lastDay.accepted),
            strong: true,
          },
        ]}
        note={t('sources.disableNote')}
        okText={t('sources.disable')}
        danger
        busy={update.isPending}
        onConfirm={() => set('disabled')}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
