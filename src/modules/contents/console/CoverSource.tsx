import { UploadOutlined } from '@ant-design/icons'
import { Button, Upload } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../../console/api.ts'
import { useAccountId } from '../../../console/session.ts'
import { IMAGE_TYPES } from '../schema.ts'
import { ImagePicker } from './ImagePicker.tsx'
import { mediaUrl } from './media-url.ts'
import { requireFile } from './use-upload-media.ts'

/** Where the picture of a cover comes from: a file, or an image uploaded before. Told what is wrong with either. */
export function CoverSource({
  onImage,
  onProblem,
}: {
  onImage: (image: HTMLImageElement) => void
  onProblem: (error: unknown) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [choosing, setChoosing] = useState(false)
  const [reading, setReading] = useState(false)
  const held = useRef<string>(undefined)
  useEffect(() => () => URL.revokeObjectURL(held.current ?? ''), [])
  const read = async (source: () => Promise<Blob>) => {
    setReading(true)
    try {
      const file = await source()
      await requireFile(file, { kind: 'image', still: true })
      URL.revokeObjectURL(held.current ?? '')
      held.current = URL.createObjectURL(file)
      onImage(await decoded(held.current))
    } catch (error) {
      onProblem(error)
    } finally {
      setReading(false)
    }
  }
  return (
    <div className="w-row">
      <Upload
        accept={IMAGE_TYPES.join(',')}
        showUploadList={false}
        disabled={reading}
        beforeUpload={(file) => {
          void read(async () => file)
          return false
        }}
      >
        <Button icon={<UploadOutlined />} loading={reading}>
          {t('cover.fromFile')}
        </Button>
      </Upload>
      <Button disabled={reading} onClick={() => setChoosing(true)}>
        {t('cover.fromImages')}
      </Button>
      <ImagePicker
        open={choosing}
        chosen={NONE}
        max={1}
        place="mass-send"
        onClose={() => setChoosing(false)}
        onChoose={([id]) => {
          setChoosing(false)
          // read through our own address: an image of another origin could not be cut
          if (id !== undefined) void read(() => stored(mediaUrl(accountId, id)))
        }}
      />
    </div>
  )
}

const NONE: readonly string[] = []

async function stored(url: string): Promise<Blob> {
  const answer = await fetch(url, { credentials: 'same-origin' }).catch(() => undefined)
  if (answer?.ok !== true)
    throw new ApiError(answer?.status ?? 0, 'image_unreadable', 'the image can not be read')
  return answer.blob()
}

/** A file may be whole and still be none that this browser can draw. */
async function decoded(url: string): Promise<HTMLImageElement> {
  const image = new Image()
  image.src = url
  await image.decode().catch(() => {
    throw new ApiError(400, 'image_broken', 'the picture can not be drawn')
  })
  return image
}
