import type { ReactNode } from 'react'
import './phone.css'

/** A calm phone: the chat with an official account, as a fan sees it. */
export function Phone({
  name,
  children,
  empty,
  foot,
}: {
  name: string
  children?: ReactNode
  empty?: ReactNode
  /** In place of the line to write in. */
  foot?: ReactNode
}) {
  return (
    <div className="w-phone" aria-label={name}>
      <div className="w-phone-bar">
        <span>9:41</span>
        <span className="w-phone-notch" />
        <span className="w-phone-battery" />
      </div>
      <div className="w-phone-title">
        <span className="w-phone-back">‹</span>
        <strong>{name}</strong>
        <span>···</span>
      </div>
      <div className="w-phone-chat">
        <div className="w-phone-time">9:41</div>
        {children ?? <div className="w-phone-empty">{empty}</div>}
      </div>
      {foot ?? (
        <div className="w-phone-input">
          <span className="w-phone-key" />
          <span className="w-phone-field" />
          <span className="w-phone-plus">+</span>
        </div>
      )}
    </div>
  )
}
