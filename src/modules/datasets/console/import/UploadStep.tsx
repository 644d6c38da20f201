import { InboxOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Alert, Progress, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
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
      <Upload.Dragger
        accept=".csv,.xlsx,text/csv"
        maxCount={1}
        showUploadList={false}
        disabled={send.isPending}
        beforeUpload={(file) => {
          send.mutate(file)
          return false
        }}
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p>{t('datasets.uploadHere')}</p>
        <p className="w-faint w-small">{t('datasets.uploadHint', { max: format.number(MAX_IMPORT_ROWS) })}</p>
      </Upload.Dragger>
      {send.isPending && <Progress percent={Math.floor(progress * 100)} size="small" status="active" />}
      {dataset.hasLines && <Alert type="info" showIcon title={t('datasets.linesInFile')} />}
    </div>
  )
}
