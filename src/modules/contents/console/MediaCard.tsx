import { AudioOutlined } from '@ant-design/icons'
import { Button, Checkbox, Image } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useAccountId } from '../../../console/session.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import type { MediaAsset } from '../schema.ts'
import { mediaUrl } from './media-url.ts'

/** One image, voice or video, to be seen or heard on the spot. */
export function MediaCard({
  asset,
  folder,
  chosen,
  onChoose,
  onOpen,
}: {
  asset: MediaAsset
  folder: string | undefined
  chosen: boolean
  onChoose: (() => void) | undefined
  onOpen: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { name, width, height, animated, bytes, createdAt, goneAt } = asset
  const facts = [
    width !== null && `${width} × ${height}`,
    animated && t('images.animated'),
    bytes !== null && format.bytes(bytes),
    format.instant(createdAt),
    folder,
  ]
  return (
    <div className={`w-picture${chosen ? ' w-set-chosen' : ''}`}>
      {onChoose !== undefined && (
        <Checkbox
          className="w-material-tick"
          checked={chosen}
          aria-label={t('materials.tick', { name })}
          onChange={onChoose}
        />
      )}
      <div className="w-picture-face">
        <MediaFace asset={asset} />
      </div>
      <div className="w-picture-name">
        <Button
          type="link"
          size="small"
          className="w-material-name"
          title={name}
          aria-label={t('materialUses.open', { name })}
          onClick={onOpen}
        >
          <span className="w-ellipsis">{name || t('articles.untitled')}</span>
        </Button>
        <div className="w-faint w-small">{facts.filter(Boolean).join(' · ')}</div>
        {goneAt !== null && <StateTag tone="idle">{t('articles.gone')}</StateTag>}
      </div>
    </div>
  )
}

const HEARD = ['audio/mpeg', 'audio/wav']

/** The picture, or a player; of a voice that browsers play none, the file. */
export function MediaFace({ asset }: { asset: MediaAsset }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [broken, setBroken] = useState(false)
  const { kind, name, mime, goneAt, bytes } = asset
  const src = mediaUrl(accountId, asset.id)
  if (broken || (goneAt !== null && bytes === null))
    return <span className="w-faint w-small w-picture-none">{t('materials.unreadable')}</span>
  if (kind === 'image')
    return (
      <Image
        src={src}
        alt={name}
        loading="lazy"
        style={{ maxHeight: 150, width: 'auto' }}
        onError={() => setBroken(true)}
      />
    )
  if (kind === 'video')
    return (
      <video src={src} preload="none" controls aria-label={name} onError={() => setBroken(true)}>
        <track kind="captions" />
      </video>
    )
  return (
    <div className="w-voice">
      <AudioOutlined />
      {HEARD.includes(mime) ? (
        <audio src={src} preload="none" controls aria-label={name} onError={() => setBroken(true)}>
          <track kind="captions" />
        </audio>
      ) : (
        <>
          <span className="w-faint w-small">{t('materials.notHeard')}</span>
          <a href={src} download={name}>
            {t('materials.download')}
          </a>
        </>
      )}
    </div>
  )
}
