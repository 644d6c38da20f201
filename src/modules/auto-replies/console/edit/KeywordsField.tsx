import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Form, Input, Select } from 'antd'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { KEYWORD_MATCHES, type Keyword, MAX_KEYWORD_CHARACTERS, MAX_KEYWORDS } from '../../schema.ts'
import { KeywordTag } from '../words.tsx'
import { type FieldProps, nextWord, withWord } from './draft.ts'

/** Keywords as chips, each with how it matches; one that is clicked can be changed. */
export function KeywordsField({ draft: { keywords, pending }, change }: FieldProps) {
  const { t } = useTranslation()
  const field = useRef<React.ComponentRef<typeof Input>>(null)
  const full = keywords.length >= MAX_KEYWORDS
  const edit = (part: Partial<Keyword>) => change({ pending: { ...pending, ...part } })
  const add = () => {
    const text = pending.text.trim()
    if (text === '' || full) return
    change({ keywords: withWord(keywords, { ...pending, text }), pending: nextWord(pending) })
    field.current?.focus()
  }
  const takeBack = (index: number) => {
    const word = keywords[index]
    if (word === undefined) return
    change({ keywords: keywords.toSpliced(index, 1), pending: word })
    field.current?.focus()
  }
  return (
    <Form.Item
      label={t('replies.form.keywords')}
      required
      extra={t(`replies.matchHint.${pending.match}`)}
      style={{ marginBottom: 0 }}
    >
      <div className="w-row">
        <Input
          ref={field}
          aria-label={t('replies.form.keyword')}
          style={{ width: 280 }}
          maxLength={MAX_KEYWORD_CHARACTERS}
          placeholder={t('replies.form.keywordPlaceholder')}
          value={pending.text}
          disabled={full}
          onChange={(event) => edit({ text: event.target.value })}
          onPressEnter={(event) => {
            event.preventDefault()
            add()
          }}
        />
        <Select
          aria-label={t('replies.form.match')}
          style={{ width: 130 }}
          value={pending.match}
          onChange={(match) => edit({ match })}
          options={KEYWORD_MATCHES.map((value) => ({ value, label: t(`replies.match.${value}`) }))}
        />
        <Checkbox
          checked={pending.caseSensitive}
          onChange={(event) => edit({ caseSensitive: event.target.checked })}
        >
          {t('replies.caseSensitive')}
        </Checkbox>
        <Button icon={<PlusOutlined />} disabled={full || pending.text.trim() === ''} onClick={add}>
          {t('replies.form.addKeyword')}
        </Button>
      </div>
      <div className="w-reply-words" data-testid="reply-keywords">
        {keywords.map((one, index) => (
          <span key={`${one.match} ${one.caseSensitive} ${one.text}`} className="w-reply-chip">
            <button type="button" title={t('common.edit')} onClick={() => takeBack(index)}>
              <KeywordTag keyword={one} />
            </button>
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t('replies.form.dropKeyword', { text: one.text })}
              onClick={() => change({ keywords: keywords.toSpliced(index, 1) })}
            />
          </span>
        ))}
      </div>
    </Form.Item>
  )
}
