import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccount, useAccountId } from '../../../../console/session.ts'
import { ArticleCards, ImageBubble } from '../../../../console/ui/phone/messages.tsx'
import { Phone } from '../../../../console/ui/phone/Phone.tsx'
import {
  MenuBubble,
  MiniProgramCard,
  MusicCard,
  NewsCard,
  NoticeCard,
  VideoBubble,
  VoiceBubble,
} from '../../../../console/ui/phone/service-messages.tsx'
import { withoutEmoji } from '../../../../wechat/rules/template-fields.ts'
import { mediaUrl } from '../../../contents/console/index.ts'
import { getArticleSetEndpoint } from '../../../contents/schema.ts'
import { useLinkedMiniPrograms } from '../../../mini-programs/console/index.ts'
import type { ContentOf, MessageContent } from '../../schema.ts'
import { useTemplate } from '../use-template.ts'
import { Filled, FilledText } from './Filled.tsx'

type Shown = { values: Readonly<Record<string, string>> | undefined }

/** Messages that come with one, before and after it. */
export type Around = { before: readonly MessageContent[]; after: readonly MessageContent[] }

/** A message on a phone as WeChat draws its kind; without values, placeholders show their names. */
export function MessagePhone({
  content,
  values,
  around,
}: { content: MessageContent | null; around?: Around | undefined } & Partial<Shown>) {
  const { t } = useTranslation()
  const account = useAccount()
  return (
    <Phone name={account?.name ?? ''} empty={t('messages.phoneEmpty')}>
      {around?.before.map((one, place) => (
        <PhoneMessage key={place} content={one} />
      ))}
      {content !== null && <PhoneMessage content={content} values={values} />}
      {around?.after.map((one, place) => (
        <PhoneMessage key={place} content={one} />
      ))}
    </Phone>
  )
}

/** The message alone, for a phone that shows more than it. */
export function PhoneMessage({ content, values }: { content: MessageContent } & Partial<Shown>) {
  const accountId = useAccountId()
  const picture = (assetId: string | null) => (assetId === null ? null : mediaUrl(accountId, assetId))
  const fill = (text: string) => <Filled text={text} values={values} />
  switch (content.kind) {
    case 'text':
      return <FilledText text={content.text} values={values} />
    case 'image':
      return content.mediaAssetId === null ? null : (
        <ImageBubble url={mediaUrl(accountId, content.mediaAssetId)} />
      )
    case 'news':
      return (
        <NewsCard
          title={fill(content.title)}
          description={fill(content.description)}
          pictureUrl={picture(content.pictureAssetId) ?? (content.pictureUrl || null)}
        />
      )
    case 'article':
      return content.articleSetId === null ? null : <Article content={content} />
    case 'msgmenu':
      return (
        <MenuBubble
          head={fill(content.head)}
          items={content.items.map((item) => fill(item.content))}
          tail={fill(content.tail)}
        />
      )
    case 'mini-program':
      return <MiniProgram content={content} values={values} pictureUrl={picture(content.thumbAssetId)} />
    case 'voice':
      return <VoiceBubble name="" />
    case 'video':
      return <VideoBubble pictureUrl={picture(content.thumbAssetId)} />
    case 'music':
      return (
        <MusicCard
          title={fill(content.title)}
          description={fill(content.description)}
          pictureUrl={picture(content.thumbAssetId)}
        />
      )
    case 'template':
    case 'subscription':
      return <Notice content={content} values={values} />
  }
}

function Article({ content }: { content: ContentOf<'article'> }) {
  const accountId = useAccountId()
  const { data: set } = useEndpoint(getArticleSetEndpoint, {
    params: { accountId, articleSetId: content.articleSetId ?? '' },
  })
  const article = set?.articles[content.index]
  if (article === undefined) return null
  const { title, digest, thumbUrl: coverUrl } = article
  return <ArticleCards articles={[{ key: title, title, digest, coverUrl }]} />
}

function MiniProgram({
  content,
  values,
  pictureUrl,
}: { content: ContentOf<'mini-program'>; pictureUrl: string | null } & Shown) {
  const { data } = useLinkedMiniPrograms(useAccountId())
  const name = data?.items.find(({ appid }) => appid === content.appId)?.name ?? content.appId
  return (
    <MiniProgramCard
      name={name}
      title={<Filled text={content.title} values={values} />}
      pictureUrl={pictureUrl}
    />
  )
}

function Notice({ content, values }: { content: ContentOf<'template'> | ContentOf<'subscription'> } & Shown) {
  const { template } = useTemplate(content.templateId)
  if (template === undefined || template === null) return null
  const isTemplate = content.kind === 'template'
  const url = isTemplate ? content.url : content.page
  const shown = isTemplate ? withoutEmoji : (text: string) => text
  const shownValues =
    values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)]))
  return (
    <NoticeCard
      title={template.title}
      rows={template.fields.map(({ key, name }) => ({
        key,
        name,
        value: <Filled text={shown(content.fields[key] ?? '')} values={shownValues} />,
      }))}
      opens={content.miniProgram !== null ? 'mini-program' : url === '' ? null : 'web'}
    />
  )
}
