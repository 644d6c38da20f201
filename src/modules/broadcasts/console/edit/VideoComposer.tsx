import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { characters, MASS_VIDEO } from '../../../../wechat/rules/content-limits.ts'
import type { Draft } from './draft.ts'
import { EmojiButton } from './EmojiButton.tsx'
import { RecordingField } from './RecordingField.tsx'

/** 视频: a film with its title and a few words under it. */
export function VideoComposer({
  video,
  onChange,
}: {
  video: Draft['video']
  onChange: (part: Partial<Draft>) => void
}) {
  const { t } = useTranslation()
  const change = (part: Partial<Draft['video']>) => onChange({ video: { ...video, ...part } })
  // counted as the platform counts: an emoji is one
  const count = { strategy: characters }
  return (
    <>
      <RecordingField
        kind="video"
        mediaAssetId={video.mediaAssetId}
        note={t('composer.videoNote')}
        onChange={(mediaAssetId) => change({ mediaAssetId })}
      />
      <Form layout="vertical" style={{ marginTop: 14 }}>
        <Form.Item
          label={
            <>
              {t('composer.videoTitle')}
              <EmojiButton onPick={(emoji) => change({ title: video.title + emoji })} />
            </>
          }
          required
        >
          <Input
            count={{ ...count, max: MASS_VIDEO.title, show: true }}
            maxLength={200}
            value={video.title}
            onChange={(event) => change({ title: event.target.value })}
          />
        </Form.Item>
        <Form.Item
          label={
            <>
              {t('composer.videoDescription')}
              <EmojiButton onPick={(emoji) => change({ description: video.description + emoji })} />
            </>
          }
          style={{ marginBottom: 20 }}
        >
          <Input.TextArea
            rows={2}
            count={{ ...count, max: MASS_VIDEO.description, show: true }}
            maxLength={500}
            value={video.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        </Form.Item>
      </Form>
    </>
  )
}
