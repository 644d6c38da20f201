import { PictureOutlined } from '@ant-design/icons'
import { Alert, Modal, Progress, Segmented, Slider } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useTellError } from '../../../console/hooks.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { EmptyState } from '../../../console/ui/states.tsx'
import type { MediaAsset } from '../schema.ts'
import { CoverSource } from './CoverSource.tsx'
import { CropFrame } from './CropFrame.tsx'
import { COVER_SHAPES, type CoverShape, type Crop, cutOut, SHAPES, wholeCrop } from './crop.ts'
import { useUploadMedia } from './use-upload-media.ts'

type Chosen = { image: HTMLImageElement } | { problem: unknown } | undefined

/** A new cover: from a file or an uploaded image, cut to a shape in which WeChat shows it, then uploaded. */
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
  const tell = useTellError()
  const [chosen, setChosen] = useState<Chosen>()
  const [shape, setShape] = useState<CoverShape>(first ? 'wide' : 'square')
  const [crop, setCrop] = useState<Crop>(wholeCrop)
  const { upload, progress } = useUploadMedia('image', { still: true })
  const image = chosen && 'image' in chosen ? chosen.image : undefined
  useEffect(() => {
    if (open) setChosen(undefined)
    setShape(first ? 'wide' : 'square')
  }, [open, first])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture or shape starts anew
  useEffect(() => setCrop(wholeCrop()), [image, shape])
  const finish = async () => {
    if (image === undefined) return
    try {
      const asset = await upload(await cutOut(image, shape, crop))
      if (asset) onDone(asset)
    } catch (error) {
      tell(error)
    }
  }
  const busy = progress !== undefined
  return (
    <Modal
      open={open}
      title={t('cover.title')}
      onCancel={onClose}
      okText={t('cover.use')}
      width={560}
      destroyOnHidden
      mask={{ closable: !busy }}
      okButtonProps={{ disabled: image === undefined }}
      confirmLoading={busy}
      onOk={() => void finish()}
    >
      <div className="w-row" style={{ justifyContent: 'space-between', margin: '10px 0 12px' }}>
        <CoverSource
          onImage={(picture) => setChosen({ image: picture })}
          onProblem={(problem) => setChosen({ problem })}
        />
        <Segmented
          value={shape}
          onChange={setShape}
          options={SHAPES.map((one) => ({
            value: one,
            label: `${t(`cover.${one}`)} ${COVER_SHAPES[one].label}`,
          }))}
        />
      </div>
      {chosen && 'problem' in chosen && <Problem error={chosen.problem} />}
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
          <p className="w-faint w-small" style={{ margin: 0 }}>
            {t('cover.shapeHint')}
          </p>
        </>
      )}
      {busy && (
        <div aria-live="polite">
          <Progress percent={Math.floor(progress * 100)} status="active" />
          <span className="w-faint w-small">{t('cover.uploading')}</span>
        </div>
      )}
    </Modal>
  )
}

function Problem({ error }: { error: unknown }) {
  const { title, advice } = useErrorText()(error)
  return <Alert type="error" showIcon title={title} description={advice} style={{ marginBottom: 12 }} />
}
