import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId } from '../../../../console/session.ts'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { ImagePicker, mediaUrl } from '../../../contents/console/index.ts'
import { MAX_IMAGES } from '../../schema.ts'
import type { Draft } from './draft.ts'
import { EmojiButton } from './EmojiButton.tsx'

/** 图片: one or several, with a line of recommendation. */
export function ImagesComposer({
  draft,
  onChange,
}: {
  draft: Draft
  onChange: (part: Partial<Draft>) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [open, setOpen] = useState(false)
  const { imageIds } = draft
  const add = (
    <Button icon={<PlusOutlined />} onClick={() => setOpen(true)}>
      {t('composer.addImages', { count: imageIds.length, max: MAX_IMAGES })}
    </Button>
  )
  return (
    <>
      {imageIds.length === 0 ? (
        <EmptyState compact title={t('composer.noImages')} hint={t('composer.noImagesHint')} action={add} />
      ) : (
        <>
          <div className="w-thumbs">
            {imageIds.map((id) => (
              <div className="w-thumb" key={id}>
                <img src={mediaUrl(accountId, id)} alt="" />
                <Button
                  size="small"
                  shape="circle"
                  icon={<CloseOutlined />}
                  aria-label={t('composer.remove')}
                  onClick={() => onChange({ imageIds: imageIds.filter((one) => one !== id) })}
                />
              </div>
            ))}
          </div>
          {add}
          <Form layout="vertical" style={{ marginTop: 18 }}>
            <Form.Item
              label={
                <>
                  {t('composer.recommend')}
                  <EmojiButton onPick={(emoji) => onChange({ recommend: draft.recommend + emoji })} />
                </>
              }
              extra={t('composer.recommendHint')}
              style={{ marginBottom: 0 }}
            >
              <Input.TextArea
                rows={2}
                maxLength={500}
                showCount
                value={draft.recommend}
                onChange={(event) => onChange({ recommend: event.target.value })}
              />
            </Form.Item>
          </Form>
        </>
      )}
      <ImagePicker
        open={open}
        chosen={imageIds}
        max={MAX_IMAGES}
        place="mass-send"
        onClose={() => setOpen(false)}
        onChoose={(ids) => {
          setOpen(false)
          onChange({ imageIds: ids })
        }}
      />
    </>
  )
}
