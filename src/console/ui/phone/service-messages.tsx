import { CustomerServiceOutlined, PlayCircleFilled, RightOutlined, SoundOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { Cover } from '../Cover.tsx'
import './service-messages.css'

/** 客服消息 图文: a card with its picture at the right, as a chat shows a link. */
export function NewsCard({
  title,
  description,
  pictureUrl,
}: {
  title: ReactNode
  description: ReactNode
  pictureUrl: string | null
}) {
  return (
    <div className="w-cards">
      <div className="w-card-first">
        <Cover url={pictureUrl} shape="wide" />
      </div>
      <div className="w-card-under">{title}</div>
      <div className="w-card-digest">{description}</div>
    </div>
  )
}

/** 菜单消息: a bubble whose items are tapped like links. */
export function MenuBubble({
  head,
  items,
  tail,
}: {
  head: ReactNode
  items: readonly ReactNode[]
  tail: ReactNode
}) {
  return (
    <div className="w-bubble-line">
      <span className="w-avatar" />
      <div className="w-bubble">
        <div>{head}</div>
        {items.map((item, index) => (
          <div key={index} className="w-link w-menu-item">
            {item}
          </div>
        ))}
        <div>{tail}</div>
      </div>
    </div>
  )
}

/** 小程序卡片. */
export function MiniProgramCard({
  name,
  title,
  pictureUrl,
}: {
  name: string
  title: ReactNode
  pictureUrl: string | null
}) {
  return (
    <div className="w-bubble-line">
      <span className="w-avatar" />
      <div className="w-mini-card">
        <div className="w-mini-card-name">
          <i className="w-mini" aria-hidden="true" />
          {name}
        </div>
        <div className="w-mini-card-title">{title}</div>
        <Cover url={pictureUrl} shape="wide" />
        <div className="w-mini-card-foot">
          <i className="w-mini" aria-hidden="true" /> 小程序
        </div>
      </div>
    </div>
  )
}

export function VoiceBubble({ name }: { name: string }) {
  return (
    <div className="w-bubble-line">
      <span className="w-avatar" />
      <div className="w-bubble w-voice" title={name}>
        <SoundOutlined />
      </div>
    </div>
  )
}

export function VideoBubble({ pictureUrl }: { pictureUrl: string | null }) {
  return (
    <div className="w-bubble-line">
      <span className="w-avatar" />
      <div className="w-video">
        <Cover url={pictureUrl} shape="wide" />
        <PlayCircleFilled className="w-video-play" />
      </div>
    </div>
  )
}

export function MusicCard({
  title,
  description,
  pictureUrl,
}: {
  title: ReactNode
  description: ReactNode
  pictureUrl: string | null
}) {
  return (
    <div className="w-bubble-line">
      <span className="w-avatar" />
      <div className="w-music">
        <div className="w-music-text">
          <div>{title}</div>
          <div className="w-card-digest">{description}</div>
        </div>
        <div className="w-music-cover">
          {pictureUrl === null ? <CustomerServiceOutlined /> : <Cover url={pictureUrl} shape="square" />}
        </div>
      </div>
    </div>
  )
}

/** 模板消息 and 订阅通知: the same card; the second names the account above it where the person doesn't follow. */
export function NoticeCard({
  title,
  rows,
  opens,
}: {
  title: string
  rows: readonly { key: string; name: string; value: ReactNode }[]
  opens: 'web' | 'mini-program' | null
}) {
  return (
    <div className="w-notice-card">
      <div className="w-notice-card-title">{title}</div>
      {rows.map((row) => (
        <div key={row.key} className="w-notice-card-row">
          <span>{row.name}</span>
          <span>{row.value}</span>
        </div>
      ))}
      {opens !== null && (
        <div className="w-notice-card-foot">
          {opens === 'mini-program' && <i className="w-mini" aria-hidden="true" />}
          <span>{opens === 'mini-program' ? '进入小程序查看' : '查看详情'}</span>
          <RightOutlined />
        </div>
      )}
    </div>
  )
}
