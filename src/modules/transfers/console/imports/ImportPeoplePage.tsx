import { useMutation } from '@tanstack/react-query'
import { Alert, Steps } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import { FileDrop } from '../../../../console/ui/FileDrop.tsx'
import { useFilters } from '../../../../console/ui/filters.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { Loaded, NoPermissionState } from '../../../../console/ui/states.tsx'
import { getPeopleImportEndpoint, MAX_IMPORT_ROWS, uploadPeopleEndpoint } from '../../schema.ts'
import { ImportProgress } from './ImportProgress.tsx'
import { MappingStep } from './MappingStep.tsx'
import { PastImports } from './PastImports.tsx'

/** 导入客户: choose a file, say what stands where, watch it go. The address keeps where one is. */
export function ImportPeoplePage() {
  const { t } = useTranslation()
  const allowed = useCan('contacts:write')
  const filters = useFilters(['id'])
  const { id } = filters.values
  if (!allowed) return <NoPermissionState />
  return (
    <>
      <PageHeader
        title={t('imports.title')}
        sub={t('imports.sub')}
        back={
          id === undefined
            ? { to: '/customers', label: t('people.title') }
            : { to: '/customers/import', label: t('imports.title') }
        }
      />
      {id === undefined ? (
        <div className="w-stack">
          <Progress step={0} />
          <UploadStep onUploaded={(made) => filters.set('id', made)} />
          <PastImports onOpen={(past) => filters.set('id', past)} />
        </div>
      ) : (
        <Begun importId={id} onAgain={filters.clear} />
      )}
    </>
  )
}

function Begun({ importId, onAgain }: { importId: string; onAgain: () => void }) {
  const query = useEndpoint(
    getPeopleImportEndpoint,
    { params: { importId } },
    { every: (data) => (data?.state === 'queued' || data?.state === 'running' ? 1_000 : false) },
  )
  return (
    <Loaded query={query}>
      {(found) =>
        found.state === 'draft' ? (
          <>
            <Progress step={1} />
            <MappingStep draft={found} onAgain={onAgain} />
          </>
        ) : (
          <>
            <Progress step={found.state === 'done' ? 3 : 2} />
            <ImportProgress of={found} onAgain={onAgain} />
          </>
        )
      }
    </Loaded>
  )
}

function Progress({ step }: { step: number }) {
  const { t } = useTranslation()
  const items = [t('imports.stepFile'), t('imports.stepMapping'), t('imports.stepWriting')]
  return (
    <Steps
      size="small"
      current={step}
      items={items.map((title) => ({ title }))}
      style={{ marginBottom: 20, maxWidth: 640 }}
    />
  )
}

function UploadStep({ onUploaded }: { onUploaded: (importId: string) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  const [progress, setProgress] = useState(0)
  const send = useMutation({
    mutationFn: (file: File) =>
      upload(uploadPeopleEndpoint, { query: { name: file.name.slice(0, 200) } }, file, {
        onProgress: setProgress,
      }),
    onSuccess: ({ id }) => onUploaded(id),
  })
  const error = send.error === null ? undefined : describe(send.error)
  return (
    <div className="w-stack" style={{ maxWidth: 640 }}>
      {error && <Alert type="error" showIcon title={error.title} description={error.advice} />}
      <FileDrop
        title={t('imports.uploadHere')}
        hint={t('imports.uploadHint', { max: format.number(MAX_IMPORT_ROWS) })}
        progress={send.isPending ? progress : null}
        onFile={(file) => send.mutate(file)}
      />
    </div>
  )
}
