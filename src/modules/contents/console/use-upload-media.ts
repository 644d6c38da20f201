import { App } from 'antd'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload as send } from '../../../console/api.ts'
import { useInvalidate, useTellError } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import {
  listMediaEndpoint,
  MEDIA_LIMITS,
  type MediaAsset,
  type MediaKind,
  uploadMediaEndpoint,
} from '../schema.ts'

const WRONG_TYPE = {
  image: 'images.wrongType',
  voice: 'errors.voice_type_not_supported',
  video: 'errors.video_type_not_supported',
} as const
const MB = 1024 * 1024

/** What a file dialog offers for a kind. */
export const acceptOf = (kind: MediaKind): string =>
  [...MEDIA_LIMITS[kind].types, ...(kind === 'voice' ? ['.amr'] : [])].join(',')

/** Uploads one image, voice or video here and to WeChat. Says what is wrong with a file before sending it. */
export function useUploadMedia(kind: MediaKind = 'image') {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const tell = useTellError()
  const invalidate = useInvalidate()
  const accountId = useAccountId()
  const [progress, setProgress] = useState<number | undefined>()
  const upload = useCallback(
    async (file: File): Promise<MediaAsset | undefined> => {
      const { types, maxBytes } = MEDIA_LIMITS[kind]
      // browsers don't know what an .amr is
      const known = (types as readonly string[]).includes(file.type) || /\.amr$/i.test(file.name)
      if (!known) return void message.error(t(WRONG_TYPE[kind]))
      if (file.size > maxBytes) return void message.error(t('images.tooLarge', { max: maxBytes / MB }))
      setProgress(0)
      try {
        const asset = await send(uploadMediaEndpoint, { params: { accountId }, query: { kind } }, file, {
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
    [accountId, invalidate, kind, message, t, tell],
  )
  return { upload, progress }
}
