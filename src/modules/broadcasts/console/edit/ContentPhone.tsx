import { useTranslation } from 'react-i18next'
import { useAccount, useAccountId } from '../../../../console/session.ts'
import { ArticleCards, ImageBubble, TextBubble } from '../../../../console/ui/phone/messages.tsx'
import { Phone } from '../../../../console/ui/phone/Phone.tsx'
import { mediaUrl } from '../../../contents/console/index.ts'
import type { Draft } from './draft.ts'
import { useArticleHosts } from './use-article-hosts.ts'

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
