import { App } from 'antd'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, upload as send } from '../../../console/api.ts'
import { useInvalidate, useTellError } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import {
  listMediaEndpoint,
  MEDIA_LIMITS,
  type MediaAsset,
  type MediaKind,
  uploadMediaEndpoint,
} from '../schema.ts'
import { problemOf } from './check-file.ts'

/** What a file dialog offers for a kind. */
export const acceptOf = (kind: MediaKind): string =>
  [...MEDIA_LIMITS[kind].types, ...(kind === 'voice' ? ['.amr'] : [])].join(',')

/** Refuses a file that the server would refuse, in the same words. */
export async function requireFile(file: Blob, wanted: { kind: MediaKind; still?: boolean }): Promise<void> {
  const problem = await problemOf(file, wanted)
  if (problem !== undefined) throw new ApiError(400, problem.reason, problem.reason, problem.detail)
}

/**
 * Uploads one image, voice or video here and to WeChat. Says what is wrong with a file before sending it; `still`
 * refuses animated pictures.
 */
export function useUploadMedia(kind: MediaKind = 'image', { still = false }: { still?: boolean } = {}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const tell = useTellError()
  const invalidate = useInvalidate()
  const accountId = useAccountId()
  const [progress, setProgress] = useState<number | undefined>()
  const upload = useCallback(
    async (file: File): Promise<MediaAsset | undefined> => {
      setProgress(0)
      try {
        await requireFile(file, { kind, still })
        const asset = await send(
          uploadMediaEndpoint,
          { params: { accountId }, query: { kind, still: String(still) } },
          file,
          { onProgress: setProgress },
        )
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
    [accountId, invalidate, kind, message, still, t, tell],
  )
  return { upload, progress }
}
