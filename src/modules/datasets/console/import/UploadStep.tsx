import { useMutation } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import { FileDrop } from '../../../../console/ui/FileDrop.tsx'
import { type Dataset, type DatasetImport, MAX_IMPORT_ROWS, uploadImportEndpoint } from '../../schema.ts'

export function UploadStep({
  dataset,
  onUploaded,
}: {
  dataset: Dataset
  onUploaded: (made: DatasetImport) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  const [progress, setProgress] = useState(0)
  const send = useMutation({
    mutationFn: (file: File) =>
      upload(
        uploadImportEndpoint,
        { params: { key: dataset.key }, query: { name: file.name.slice(0, 200) } },
        file,
        { onProgress: setProgress },
      ),
    onSuccess: onUploaded,
  })
  const error = send.error === null ? undefined : describe(send.error)
  return (
    <div className="w-stack" style={{ maxWidth: 640 }}>
      {error && <Alert type="error" showIcon title={error.title} description={error.advice} />}
      <FileDrop
        title={t('datasets.uploadHere')}
        hint={t('datasets.uploadHint', { max: format.number(MAX_IMPORT_ROWS) })}
        progress={send.isPending ? progress : null}
        onFile={(file) => send.mutate(file)}
      />
      {dataset.hasLines && <Alert type="info" showIcon title={t('datasets.linesInFile')} />}
    </div>
  )
}
