import { PaperClipOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { CUSTOMER_SERVICE_LIMITS as LIMITS } from '../../../../wechat/rules/customer-service-limits.ts'
import { MediaPicker } from '../../../contents/console/index.ts'
import { getMediaEndpoint } from '../../../contents/schema.ts'
import type { ContentOf } from '../../schema.ts'
import { useCompose, useEdit } from '../compose-context.ts'
import { FieldRow } from '../FieldRow.tsx'
import { TextField } from '../TextField.tsx'
import { ImageField } from './AssetField.tsx'

export function VoiceEditor({ content }: { content: ContentOf<'voice'> }) {
  const edit = useEdit<'voice'>()
  return (
    <MediaField
      kind="voice"
      value={content.mediaAssetId}
      onChange={(mediaAssetId) => edit({ mediaAssetId })}
    />
  )
}

export function VideoEditor({ content }: { content: ContentOf<'video'> }) {
  const { t } = useTranslation()
  const edit = useEdit<'video'>()
  return (
    <>
      <MediaField
        kind="video"
        value={content.mediaAssetId}
        onChange={(mediaAssetId) => edit({ mediaAssetId })}
      />
      <ImageField
        field="thumbAssetId"
        label={t('messages.field.cover')}
        value={content.thumbAssetId}
        onChange={(thumbAssetId) => edit({ thumbAssetId })}
      />
      <TextField
        field="title"
        label={t('messages.field.title')}
        value={content.title}
        limit={{ most: LIMITS.mediaTitle, unit: 'characters' }}
        onChange={(title) => edit({ title })}
      />
      <TextField
        field="description"
        label={t('messages.field.description')}
        value={content.description}
        limit={{ most: LIMITS.mediaDescription, unit: 'characters' }}
        onChange={(description) => edit({ description })}
      />
    </>
  )
}

/** One uploaded voice or video, by its name. */
function MediaField({
  kind,
  value,
  onChange,
}: {
  kind: 'voice' | 'video'
  value: string | null
  onChange: (assetId: string) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { place } = useCompose()
  const [open, setOpen] = useState(false)
  const { data } = useEndpoint(
    getMediaEndpoint,
    { params: { accountId, mediaAssetId: value ?? '' } },
    { enabled: value !== null },
  )
  const name = data?.name
  return (
    <FieldRow field="mediaAssetId" label={t(`messages.kind.${kind}`)}>
      <div className="w-row">
        {value !== null && <strong>{name ?? `#${value}`}</strong>}
        <Button icon={<PaperClipOutlined />} onClick={() => setOpen(true)}>
          {t(`media.choose.${kind}`)}
        </Button>
      </div>
      <MediaPicker
        kind={kind}
        place={place}
        open={open}
        onClose={() => setOpen(false)}
        onChoose={(asset) => {
          setOpen(false)
          onChange(asset.id)
        }}
      />
    </FieldRow>
  )
}
