import { UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import { UrlTabs } from '../../../console/ui/UrlTabs.tsx'
import {
  archiveDatasetEndpoint,
  countRowsEndpoint,
  type Dataset,
  getDatasetEndpoint,
  listDatasetsEndpoint,
  restoreDatasetEndpoint,
} from '../schema.ts'
import { ApiTab } from './ApiTab.tsx'
import { FieldsTab } from './FieldsTab.tsx'
import { ImportsTab } from './import/ImportsTab.tsx'
import { RowsTab } from './RowsTab.tsx'

/** One dataset: how much is in it, its rows, fields, imports, and how rows get in. */
export function DatasetPage() {
  const { t } = useTranslation()
  const { key = '' } = useParams()
  const query = useEndpoint(getDatasetEndpoint, { params: { key } })
  return (
    <Loaded query={query}>
      {(dataset) => (
        <>
          <PageHeader
            title={
              <>
                {dataset.name} {dataset.archived && <StateTag tone="idle">{t('datasets.archived')}</StateTag>}
              </>
            }
            sub={<Sub dataset={dataset} />}
            back={{ to: '/datasets', label: t('nav.datasets') }}
            actions={<Actions dataset={dataset} />}
          />
          <Numbers dataset={dataset} />
          <UrlTabs
            destroyOnHidden
            items={[
              { key: 'rows', label: t('datasets.rows'), children: <RowsTab dataset={dataset} /> },
              { key: 'fields', label: t('datasets.fields'), children: <FieldsTab dataset={dataset} /> },
              { key: 'imports', label: t('datasets.imports'), children: <ImportsTab dataset={dataset} /> },
              { key: 'api', label: t('datasets.api'), children: <ApiTab dataset={dataset} /> },
            ]}
          />
        </>
      )}
    </Loaded>
  )
}

function Sub({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useCounts(dataset)
  return (
    <>
      <span className="w-mono">{dataset.key}</span>
      {data !== undefined && data.rows > 0 && (
        <>
          {' · '}
          {t('datasets.span', { from: format.day(data.firstAt), to: format.day(data.lastAt) })}
          {' · '}
          {t('datasets.lastReceived', { at: format.instant(data.lastReceivedAt) })}
        </>
      )}
    </>
  )
}

const useCounts = ({ key }: Dataset) =>
  useEndpoint(countRowsEndpoint, { params: { key }, query: {} }, { every: 30_000 })

function Numbers({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useCounts(dataset)
  return (
    <div style={{ marginBottom: 8 }}>
      <StatRow>
        <NumberStat label={t('datasets.rows')} value={format.number(data?.rows)} />
        {dataset.hasLines && <NumberStat label={t('datasets.lines')} value={format.number(data?.lines)} />}
        <NumberStat label={t('datasets.people')} value={format.number(data?.people)} />
        <NumberStat
          label={t('datasets.unclaimed')}
          value={format.number(data?.unclaimed)}
          hint={t('datasets.unclaimedHint')}
        />
      </StatRow>
    </div>
  )
}

const CHANGED = [getDatasetEndpoint, listDatasetsEndpoint]

function Actions({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayManage = useCan('datasets:manage')
  const mayWrite = useCan('datasets:write')
  const format = useFormat()
  const counts = useCounts(dataset)
  const [asking, setAsking] = useState(false)
  const params = { key: dataset.key }
  const archive = useEndpointMutation(archiveDatasetEndpoint, {
    invalidates: CHANGED,
    success: t('common.saved'),
  })
  const restore = useEndpointMutation(restoreDatasetEndpoint, {
    invalidates: CHANGED,
    success: t('common.saved'),
  })
  return (
    <>
      {mayManage && dataset.archived && (
        <Button loading={restore.isPending} onClick={() => restore.mutate({ params })}>
          {t('datasets.restore')}
        </Button>
      )}
      {mayManage && !dataset.archived && (
        <Button danger onClick={() => setAsking(true)}>
          {t('datasets.archive')}
        </Button>
      )}
      {mayWrite && !dataset.archived && (
        <Button
          type="primary"
          icon={<UploadOutlined />}
          onClick={() => void navigate(`/datasets/${dataset.key}/import`)}
        >
          {t('datasets.import')}
        </Button>
      )}
      <ConfirmWithNumbers
        open={asking}
        title={t('datasets.archiveTitle', { name: dataset.name })}
        numbers={[
          { label: t('datasets.rows'), value: format.number(counts.data?.rows) },
          { label: t('datasets.people'), value: format.number(counts.data?.people) },
        ]}
        note={t('datasets.archiveHint')}
        okText={t('datasets.archive')}
        danger
        busy={archive.isPending}
        onConfirm={() => archive.mutate({ params }, { onSettled: () => setAsking(false) })}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
