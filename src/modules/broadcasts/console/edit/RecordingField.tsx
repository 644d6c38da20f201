import { PaperClipOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { MediaPicker, mediaUrl } from '../../../contents/console/index.ts'
import './content.css'

/** The one voice or video of a message: played where it can be, chosen or uploaded anew. */
export function RecordingField({
  kind,
  mediaAssetId,
  note,
  onChange,
}: {
  kind: 'voice' | 'video'
  mediaAssetId: string | null
  note?: ReactNode
  onChange: (mediaAssetId: string) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('contents:read')
  const [open, setOpen] = useState(false)
  const choose = (
    <Button icon={<PaperClipOutlined />} disabled={!allowed} onClick={() => setOpen(true)}>
      {t(mediaAssetId === null ? `media.choose.${kind}` : 'composer.replace')}
    </Button>
  )
  return (
    <>
      {mediaAssetId === null ? (
        <EmptyState
          compact
          title={t(`composer.empty.${kind}`)}
          hint={t(`media.hint.${kind}`)}
          action={choose}
        />
      ) : (
        <div className="w-recording">
          <Player kind={kind} src={mediaUrl(accountId, mediaAssetId)} />
          {choose}
        </div>
      )}
      {note !== undefined && <p className="w-faint w-small">{note}</p>}
      <MediaPicker
        kind={kind}
        place="mass-send"
        open={open}
        onClose={() => setOpen(false)}
        onChoose={(asset) => {
          setOpen(false)
          onChange(asset.id)
        }}
      />
    </>
  )
}

/** AMR is played by phones and by no browser: the player says so by itself. */
function Player({ kind, src }: { kind: 'voice' | 'video'; src: string }) {
  const { t } = useTranslation()
  const label = t(`broadcasts.content.${kind}`)
  return kind === 'voice' ? (
    <audio key={src} src={src} preload="metadata" controls aria-label={label}>
      <track kind="captions" />
    </audio>
  ) : (
    <video key={src} src={src} preload="metadata" controls aria-label={label}>
      <track kind="captions" />
    </video>
  )
}
