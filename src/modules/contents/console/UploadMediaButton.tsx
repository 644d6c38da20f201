import { UploadOutlined } from '@ant-design/icons'
import { Button, Progress, Tooltip, Upload } from 'antd'
import { useTranslation } from 'react-i18next'
import { useCan } from '../../../console/session.ts'
import type { MediaKind } from '../schema.ts'
import { acceptOf, useUploadMedia } from './use-upload-media.ts'

export function UploadMediaButton({ kind }: { kind: MediaKind }) {
  const { t } = useTranslation()
  const allowed = useCan('contents:write')
  const { upload, progress } = useUploadMedia(kind)
  const label = kind === 'image' ? t('images.upload') : t(`media.upload.${kind}`)
  return (
    <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
      <div className="w-row">
        {progress !== undefined && <Progress type="circle" size={24} percent={Math.floor(progress * 100)} />}
        <Upload
          accept={acceptOf(kind)}
          showUploadList={false}
          multiple
          disabled={!allowed}
          customRequest={({ file }) => void upload(file as File)}
        >
          <Button icon={<UploadOutlined />} disabled={!allowed} loading={progress !== undefined}>
            {label}
          </Button>
        </Upload>
      </div>
    </Tooltip>
  )
}
