import { DeleteOutlined, UploadOutlined } from '@ant-design/icons'
import { App, Button, Space, Upload } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload } from '../../../console/api.ts'
import { useTellError } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { uploadLogoEndpoint } from '../schema.ts'
import { toLogo } from './logo.ts'

/** A logo in the middle; `had`: the code has one that stays until another is chosen or it is taken out (null). */
export function LogoField({
  value,
  onChange,
  had = false,
}: {
  value?: string | null | undefined
  onChange?: (value: string | null) => void
  had?: boolean
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const tell = useTellError()
  const accountId = useAccountId()
  const [shown, setShown] = useState<string>()
  const [busy, setBusy] = useState(false)
  useEffect(() => () => (shown === undefined ? undefined : URL.revokeObjectURL(shown)), [shown])
  const has = value === undefined ? had : value !== null
  const take = async (file: File) => {
    setBusy(true)
    try {
      const logo = await toLogo(file).catch(() => undefined)
      if (logo === undefined) return void message.error(t('qrCodes.logoUnreadable'))
      const { logo: key } = await upload(uploadLogoEndpoint, { params: { accountId } }, logo, {
        name: 'logo.png',
      })
      setShown(URL.createObjectURL(logo))
      onChange?.(key)
    } catch (error) {
      tell(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Space>
      {value && shown !== undefined && (
        <img src={shown} alt="" style={{ height: 32, width: 32, objectFit: 'contain' }} />
      )}
      <Upload
        accept="image/*"
        showUploadList={false}
        beforeUpload={(file) => {
          void take(file)
          return false
        }}
      >
        <Button icon={<UploadOutlined />} loading={busy}>
          {t(has ? 'qrCodes.logoOther' : 'qrCodes.logoChoose')}
        </Button>
      </Upload>
      {has && (
        <Button type="text" icon={<DeleteOutlined />} onClick={() => onChange?.(null)}>
          {t('qrCodes.logoNone')}
        </Button>
      )}
    </Space>
  )
}
