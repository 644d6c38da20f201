import { AppstoreOutlined, LinkOutlined, SmileOutlined } from '@ant-design/icons'
import { Alert, Button, Input, Popover } from 'antd'
import type { TextAreaRef } from 'antd/es/input/TextArea'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId } from '../../../../console/session.ts'
import { useSentence } from '../../../../console/ui/sentence.ts'
import {
  CONTENT_TEXTS,
  characters,
  checkMassText,
  LONGEST_MASS_TEXT,
} from '../../../../wechat/rules/content-limits.ts'
import { type LinkInText, MiniProgramLinkModal } from '../../../messages/console/index.ts'
import { unboundAppIds, useLinkedMiniPrograms } from '../../../mini-programs/console/index.ts'
import { useReason } from '../reasons.ts'
import { ArticleLinkModal } from './ArticleLinkModal.tsx'
import { EMOJI } from './emoji.ts'
import { useArticleHosts } from './use-article-hosts.ts'
import { writeMassLink } from './write-mass-link.ts'

/** 文本: with links to WeChat articles or into mini programs, and emoji; checked by the platform's rules while typing. */
export function TextComposer({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const explain = useReason()
  const hosts = useArticleHosts()
  const { data: linked } = useLinkedMiniPrograms(useAccountId())
  const area = useRef<TextAreaRef>(null)
  const [open, setOpen] = useState<'article' | 'mini-program' | undefined>()
  const insert = (piece: string) => {
    const element = area.current?.resizableTextArea?.textArea
    const start = element?.selectionStart ?? text.length
    const end = element?.selectionEnd ?? start
    onChange(text.slice(0, start) + piece + text.slice(end))
    requestAnimationFrame(() => {
      element?.focus()
      element?.setSelectionRange(start + piece.length, start + piece.length)
    })
  }
  const place = (link: LinkInText) => {
    setOpen(undefined)
    insert(writeMassLink(link))
  }
  const problems = text === '' ? [] : checkMassText(text, hosts)
  const unbound =
    linked === undefined
      ? []
      : unboundAppIds(
          text,
          linked.items.map(({ appid }) => appid),
        )
  const reasons = [...new Map(problems.map((problem) => [problem.reason, problem])).values()]
  return (
    <>
      <div className="w-row" style={{ marginBottom: 8 }}>
        <Button size="small" icon={<LinkOutlined />} onClick={() => setOpen('article')}>
          {t('composer.articleLink')}
        </Button>
        <Button size="small" icon={<AppstoreOutlined />} onClick={() => setOpen('mini-program')}>
          {t('composer.miniProgramLink')}
        </Button>
        <Popover trigger="click" placement="bottomLeft" content={<Emoji onPick={insert} />}>
          <Button size="small" icon={<SmileOutlined />}>
            {t('composer.emoji')}
          </Button>
        </Popover>
      </div>
      <Input.TextArea
        ref={area}
        value={text}
        rows={10}
        placeholder={t('composer.textPlaceholder')}
        onChange={(event) => onChange(event.target.value)}
        status={problems.length + unbound.length > 0 ? 'error' : ''}
      />
      <div className="w-row w-small" style={{ justifyContent: 'space-between', marginTop: 4 }}>
        <span className="w-faint">{t('composer.textHint')}</span>
        <span
          className={characters(text) > LONGEST_MASS_TEXT ? '' : 'w-faint'}
          style={characters(text) > LONGEST_MASS_TEXT ? { color: 'var(--w-bad)' } : {}}
        >
          {characters(text)} / {LONGEST_MASS_TEXT}
        </span>
      </div>
      {reasons.length + unbound.length > 0 && (
        <Alert
          type="error"
          showIcon
          style={{ marginTop: 8 }}
          title={
            <>
              {reasons.map((problem) => (
                <div key={problem.reason}>{sentence(CONTENT_TEXTS[problem.reason], problem)}</div>
              ))}
              {unbound.map((appid) => (
                <div key={appid}>{explain('mini_program_not_bound', { appid }).text}</div>
              ))}
            </>
          }
        />
      )}
      <ArticleLinkModal open={open === 'article'} onClose={() => setOpen(undefined)} onInsert={place} />
      <MiniProgramLinkModal
        open={open === 'mini-program'}
        onClose={() => setOpen(undefined)}
        onInsert={place}
      />
    </>
  )
}

function Emoji({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <div className="w-emoji-grid">
      {EMOJI.map((emoji) => (
        <button type="button" key={emoji} onClick={() => onPick(emoji)}>
          {emoji}
        </button>
      ))}
    </div>
  )
}
