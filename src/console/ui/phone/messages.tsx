import { partsOfText } from '../../../wechat/rules/text-links.ts'
import { Cover } from '../Cover.tsx'

export type PreviewArticle = { key: string; title: string; coverUrl: string | null; digest?: string }

/** 图文消息: the first article large, the others in rows; one alone shows its summary too. */
export function ArticleCards({ articles }: { articles: readonly PreviewArticle[] }) {
  const [first, ...others] = articles
  if (first === undefined) return null
  return (
    <div className="w-cards">
      <div className="w-card-first">
        <Cover url={first.coverUrl} shape="wide" />
        <div className={others.length > 0 ? 'w-card-over' : 'w-card-under'}>{first.title}</div>
        {others.length === 0 && first.digest !== undefined && first.digest !== '' && (
          <div className="w-card-digest">{first.digest}</div>
        )}
      </div>
      {others.map((article) => (
        <div className="w-card-row" key={article.key}>
          <span>{article.title}</span>
          <Cover url={article.coverUrl} shape="square" />
        </div>
      ))}
    </div>
  )
}

/** A text bubble; links look like links, those that WeChat would refuse are struck through. */
export function TextBubble({ text, articleHosts }: { text: string; articleHosts?: readonly string[] }) {
  return (
    <div className="w-bubble-line">
      <span className="w-avatar" />
      <div className="w-bubble">
        {partsOfText(text, articleHosts).map((part, index) =>
          part.kind === 'text' ? (
            <span key={index}>{part.text}</span>
          ) : (
            <span key={index} className={part.kind === 'foreign' ? 'w-link-refused' : 'w-link'}>
              {part.kind === 'mini-program' && <i className="w-mini" aria-hidden="true" />}
              {part.label}
            </span>
          ),
        )}
      </div>
    </div>
  )
}

export function ImageBubble({ url }: { url: string }) {
  return (
    <div className="w-bubble-line">
      <span className="w-avatar" />
      <img className="w-image-bubble" src={url} alt="" />
    </div>
  )
}
