import { PlayCircleFilled } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { useAccount, useAccountId } from '../../../../console/session.ts'
import { ArticleCards, ImageBubble, TextBubble } from '../../../../console/ui/phone/messages.tsx'
import { Phone } from '../../../../console/ui/phone/Phone.tsx'
import { VoiceBubble } from '../../../../console/ui/phone/service-messages.tsx'
import { mediaUrl } from '../../../contents/console/index.ts'
import type { Draft } from './draft.ts'
import { useArticleHosts } from './use-article-hosts.ts'
import './content.css'

/** The message as a fan will see it. */
export function ContentPhone({ draft }: { draft: Draft }) {
  const { t } = useTranslation()
  const account = useAccount()
  return (
    <Phone name={account?.name ?? ''} empty={t('broadcasts.phoneEmpty')}>
      <Message draft={draft} />
    </Phone>
  )
}

function Message({ draft }: { draft: Draft }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const hosts = useArticleHosts()
  const empty = <div className="w-phone-empty">{t('broadcasts.phoneEmpty')}</div>
  if (draft.contentKind === 'articles')
    return draft.articles.length === 0 ? empty : <ArticleCards articles={draft.articles} />
  if (draft.contentKind === 'text')
    return draft.text === '' ? empty : <TextBubble text={draft.text} articleHosts={hosts} />
  if (draft.contentKind === 'voice')
    return draft.voiceId === null ? empty : <VoiceBubble name={t('broadcasts.content.voice')} />
  if (draft.contentKind === 'video')
    return draft.video.mediaAssetId === null ? empty : <FilmCard video={draft.video} />
  if (draft.imageIds.length === 0) return empty
  return (
    <>
      {draft.recommend.trim() !== '' && <TextBubble text={draft.recommend} articleHosts={hosts} />}
      {draft.imageIds.map((id) => (
        <ImageBubble key={id} url={mediaUrl(accountId, id)} />
      ))}
    </>
  )
}

/** 视频: a card with the film's first picture, its title and the words under it. */
function FilmCard({ video }: { video: Draft['video'] }) {
  const accountId = useAccountId()
  const src = mediaUrl(accountId, video.mediaAssetId ?? '')
  return (
    <div className="w-cards">
      <div className="w-card-first w-film">
        <video key={src} src={src} preload="metadata" muted aria-label={video.title}>
          <track kind="captions" />
        </video>
        <PlayCircleFilled className="w-film-play" aria-hidden="true" />
      </div>
      <div className="w-card-under">{video.title}</div>
      {video.description.trim() !== '' && <div className="w-card-digest">{video.description}</div>}
    </div>
  )
}
