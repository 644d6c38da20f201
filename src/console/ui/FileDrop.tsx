import { InboxOutlined } from '@ant-design/icons'
import { Progress, Upload } from 'antd'

/** Takes one table file; `progress` (0 to 1) while it is on its way. */
export function FileDrop({
  title,
  hint,
  progress,
  onFile,
}: {
  title: string
  hint: string
  progress: number | null
  onFile: (file: File) => void
}) {
  return (
    <>
      <Upload.Dragger
        accept=".csv,.xlsx,text/csv"
        maxCount={1}
        showUploadList={false}
        disabled={progress !== null}
        beforeUpload={(file) => {
          onFile(file)
          return false
        }}
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p>{title}</p>
        <p className="w-faint w-small">{hint}</p>
      </Upload.Dragger>
      {progress !== null && <Progress percent={Math.floor(progress * 100)} size="small" status="active" />}
    </>
  )
}
