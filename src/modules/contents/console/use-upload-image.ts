import { App } from 'antd'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload as send } from '../../../console/api.ts'
import { useInvalidate, useTellError } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import {
  IMAGE_MAX_BYTES,
  IMAGE_TYPES,
  listMediaEndpoint,
  type MediaAsset,
  uploadMediaEndpoint,
} from '../schema.ts'

/** Uploads one image here and to WeChat. Says what is wrong with a file before sending it. */
export function useUploadImage() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const tell = useTellError()
  const invalidate = useInvalidate()
  const accountId = useAccountId()
  const [progress, setProgress] = useState<number | undefined>()
  const upload = useCallback(
    async (file: File): Promise<MediaAsset | undefined> => {
      if (!(IMAGE_TYPES as readonly string[]).includes(file.type))
        return void message.error(t('images.wrongType'))
      if (file.size > IMAGE_MAX_BYTES) return void message.error(t('images.tooLarge'))
      setProgress(0)
      try {
        const asset = await send(uploadMediaEndpoint, { params: { accountId } }, file, {
          onProgress: setProgress,
        })
        invalidate(listMediaEndpoint)
        void message.success(t('images.uploaded'))
        return asset
      } catch (error) {
        tell(error)
        return undefined
      } finally {
        setProgress(undefined)
      }
    },
    [accountId, invalidate, message, t, tell],
  )
  return { upload, progress }
}
