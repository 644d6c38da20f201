import { SmileOutlined } from '@ant-design/icons'
import { Button, Popover } from 'antd'
import { useTranslation } from 'react-i18next'
import { EMOJI } from './emoji.ts'

/** 表情: puts one into a text. */
export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useTranslation()
  const grid = (
    <div className="w-emoji-grid">
      {EMOJI.map((emoji) => (
        <button key={emoji} type="button" onClick={() => onPick(emoji)}>
          {emoji}
        </button>
      ))}
    </div>
  )
  return (
    <Popover content={grid} trigger="click" placement="bottomRight">
      <Button type="text" size="small" icon={<SmileOutlined />} aria-label={t('composer.emoji')} />
    </Popover>
  )
}
