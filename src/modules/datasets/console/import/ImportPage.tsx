import { Steps } from 'antd'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { useFilters } from '../../../../console/ui/filters.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { Loaded, NoPermissionState } from '../../../../console/ui/states.tsx'
import { type Dataset, getDatasetEndpoint, getImportEndpoint } from '../../schema.ts'
import { ImportProgress } from './ImportProgress.tsx'
import { MappingStep } from './MappingStep.tsx'
import { UploadStep } from './UploadStep.tsx'

/** 导入: choose a file, say what stands where, watch it go. The address keeps where one is. */
export function ImportPage() {
  const { t } = useTranslation()
  const { key = '' } = useParams()
  const allowed = useCan('datasets:write')
  const query = useEndpoint(getDatasetEndpoint, { params: { key } })
  if (!allowed) return <NoPermissionState />
  return (
    <Loaded query={query}>
      {(dataset) => (
        <>
          <PageHeader
            title={t('datasets.importInto', { name: dataset.name })}
            sub={t('datasets.importSub')}
            back={{ to: `/datasets/${key}?tab=imports`, label: dataset.name }}
          />
          <Wizard dataset={dataset} />
        </>
      )}
    </Loaded>
  )
}

function Wizard({ dataset }: { dataset: Dataset }) {
  const filters = useFilters(['id'])
  const { id } = filters.values
  if (id === undefined)
    return (
      <>
        <Progress step={0} />
        <UploadStep dataset={dataset} onUploaded={(made) => filters.set('id', made.id)} />
      </>
    )
  return <Begun dataset={dataset} importId={id} onAgain={filters.clear} />
}

function Begun({ dataset, importId, onAgain }: { dataset: Dataset; importId: string; onAgain: () => void }) {
  const query = useEndpoint(
    getImportEndpoint,
    { params: { key: dataset.key, importId } },
    { every: (data) => (data?.state === 'queued' || data?.state === 'running' ? 1_000 : false) },
  )
  return (
    <Loaded query={query}>
      {(found) =>
        found.state === 'draft' ? (
          <>
            <Progress step={1} />
            <MappingStep dataset={dataset} draft={found} onAgain={onAgain} />
          </>
        ) : (
          <>
            <Progress step={found.state === 'done' ? 3 : 2} />
            <ImportProgress dataset={dataset} of={found} onAgain={onAgain} />
          </>
        )
      }
    </Loaded>
  )
}

function Progress({ step }: { step: number }) {
  const { t } = useTranslation()
  const items = [t('datasets.stepFile'), t('datasets.stepMapping'), t('datasets.stepWriting')]
  return (
    <Steps
      size="small"
      current={step}
      items={items.map((title) => ({ title }))}
      style={{ marginBottom: 20, maxWidth: 640 }}
    />
  )
}
