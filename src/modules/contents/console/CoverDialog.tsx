import { PictureOutlined, UploadOutlined } from '@ant-design/icons'
import { Button, Modal, Segmented, Slider, Upload } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState } from '../../../console/ui/states.tsx'
import { IMAGE_TYPES, type MediaAsset } from '../schema.ts'
import { CropFrame } from './CropFrame.tsx'
import { COVER_SHAPES, type CoverShape, type Crop, cutOut, wholeCrop } from './crop.ts'
import { ImagePicker } from './ImagePicker.tsx'
import { mediaUrl } from './media-url.ts'
import { useUploadMedia } from './use-upload-media.ts'

/** A new cover: from a file or an uploaded image, cut to the shape in which WeChat shows it, then uploaded. */
export function CoverDialog({
  open,
  first,
  onClose,
  onDone,
}: {
  open: boolean
  /** The first article shows a wide cover, the others a square one. */
  first: boolean
  onClose: () => void
  onDone: (asset: MediaAsset) => void
}) {
  const { t } = useTranslation()
  const [image, setImage] = useState<HTMLImageElement | undefined>()
  const [shape, setShape] = useState<CoverShape>(first ? 'wide' : 'square')
  const [crop, setCrop] = useState<Crop>(wholeCrop)
  const { upload, progress } = useUploadMedia()
  useEffect(() => {
    if (open) setImage(undefined)
    setShape(first ? 'wide' : 'square')
  }, [open, first])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture or shape starts anew
  useEffect(() => setCrop(wholeCrop()), [image, shape])
  const finish = async () => {
    if (image === undefined) return
    const asset = await upload(await cutOut(image, shape, crop))
    if (asset) onDone(asset)
  }
  return (
    <Modal
      open={open}
      title={t('cover.title')}
      onCancel={onClose}
      okText={t('cover.use')}
      width={560}
      destroyOnHidden
      okButtonProps={{ disabled: image === undefined }}
      confirmLoading={progress !== undefined}
      onOk={() => void finish()}
    >
      <div className="w-row" style={{ justifyContent: 'space-between', margin: '10px 0 12px' }}>
        <Source onImage={setImage} />
        <Segmented
          value={shape}
          onChange={setShape}
          options={(['wide', 'square'] as const).map((one) => ({
            value: one,
            label: `${t(`cover.${one}`)} ${COVER_SHAPES[one].label}`,
          }))}
        />
      </div>
      {image === undefined ? (
        <EmptyState compact icon={<PictureOutlined />} title={t('cover.empty')} hint={t('cover.emptyHint')} />
      ) : (
        <>
          <CropFrame image={image} shape={shape} crop={crop} onChange={setCrop} />
          <div className="w-row" style={{ flexWrap: 'nowrap', marginTop: 8 }}>
            <span className="w-soft w-nowrap">{t('cover.zoom')}</span>
            <Slider
              style={{ flex: 1 }}
              min={1}
              max={4}
              step={0.01}
              value={crop.zoom}
              onChange={(zoom) => setCrop({ ...crop, zoom })}
              tooltip={{ open: false }}
            />
          </div>
        </>
      )}
    </Modal>
  )
}

function Source({ onImage }: { onImage: (image: HTMLImageElement) => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [choosing, setChoosing] = useState(false)
  const load = (url: string) => {
    const image = new Image()
    image.onload = () => onImage(image)
    image.src = url
  }
  return (
    <div className="w-row">
      <Upload
        accept={IMAGE_TYPES.join(',')}
        showUploadList={false}
        beforeUpload={(file) => {
          load(URL.createObjectURL(file))
          return false
        }}
      >
        <Button icon={<UploadOutlined />}>{t('cover.fromFile')}</Button>
      </Upload>
      <Button onClick={() => setChoosing(true)}>{t('cover.fromImages')}</Button>
      <ImagePicker
        open={choosing}
        chosen={[]}
        max={1}
        onClose={() => setChoosing(false)}
        onChoose={([id]) => {
          setChoosing(false)
          // read through our own address: an image of another origin could not be cut
          if (id !== undefined) load(mediaUrl(accountId, id))
        }}
      />
    </div>
  )
}
