import { ArrowLeftOutlined, ArrowRightOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, InputNumber, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MessageComposer } from '../../messages/console/index.ts'
import { emptyContent } from '../../messages/schema.ts'
import { type Answer, answerSchema, MAX_REPLIES, type Reply } from '../schema.ts'
import { AnswerPhone } from './AnswerPhone.tsx'
import { EffectsEditor } from './EffectsEditor.tsx'

const MODES = ['all', 'random', 'weighted'] as const
const newReply = (): Reply => ({ content: emptyContent('text'), weight: 1 })
export const newAnswer = (): Answer => answerSchema.parse({ replies: [newReply()] })

/** 答复: one or more messages, their order, which of them are sent, and what else happens. */
export function AnswerEditor({
  value,
  onChange,
  showMissing = false,
}: {
  value: Answer
  onChange: (answer: Answer) => void
  /** Also say what isn't filled in yet. */
  showMissing?: boolean
}) {
  const { t } = useTranslation()
  const [place, setPlace] = useState(0)
  const { replies, mode, effects } = value
  const at = Math.min(place, replies.length - 1)
  const reply = replies[at]
  const change = (part: Partial<Reply>) =>
    onChange({
      ...value,
      replies: replies.map((one, index) => (index === at ? { ...one, ...part } : one)),
    })
  const move = (to: number) => {
    const rest = replies.toSpliced(at, 1)
    onChange({ ...value, replies: rest.toSpliced(to, 0, ...replies.slice(at, at + 1)) })
    setPlace(to)
  }
  return (
    <div>
      <div className="w-row" style={{ marginBottom: 12, flexWrap: 'wrap' }}>
        {replies.length > 0 && (
          <Segmented
            aria-label={t('answers.replies')}
            value={at}
            onChange={setPlace}
            options={replies.map((_one, index) => ({
              value: index,
              label: t('answers.reply', { number: index + 1 }),
            }))}
          />
        )}
        <Button
          icon={<PlusOutlined />}
          disabled={replies.length >= MAX_REPLIES}
          onClick={() => {
            onChange({ ...value, replies: [...replies, newReply()] })
            setPlace(replies.length)
          }}
        >
          {t('answers.add')}
        </Button>
        {replies.length > 1 && (
          <>
            <Button
              type="text"
              icon={<ArrowLeftOutlined />}
              aria-label={t('answers.earlier', { number: at + 1 })}
              disabled={at === 0}
              onClick={() => move(at - 1)}
            />
            <Button
              type="text"
              icon={<ArrowRightOutlined />}
              aria-label={t('answers.later', { number: at + 1 })}
              disabled={at === replies.length - 1}
              onClick={() => move(at + 1)}
            />
          </>
        )}
        {reply !== undefined && (
          <Button
            type="text"
            icon={<DeleteOutlined />}
            onClick={() => onChange({ ...value, replies: replies.filter((_one, index) => index !== at) })}
          >
            {t('answers.drop', { number: at + 1 })}
          </Button>
        )}
      </div>
      {replies.length > 1 && (
        <div className="w-row" style={{ marginBottom: 12, flexWrap: 'wrap' }}>
          <Segmented
            aria-label={t('answers.which')}
            value={mode}
            onChange={(next) => onChange({ ...value, mode: next })}
            options={MODES.map((one) => ({ value: one, label: t(`answers.mode.${one}`) }))}
          />
          {mode === 'weighted' && reply !== undefined && (
            <InputNumber
              prefix={t('answers.weight')}
              min={1}
              max={1_000}
              precision={0}
              value={reply.weight}
              onChange={(weight) => change({ weight: weight ?? 1 })}
            />
          )}
          <span className="w-faint w-small">{t(`answers.modeHint.${mode}`)}</span>
        </div>
      )}
      {reply === undefined ? (
        <p className="w-soft">{t('answers.silent')}</p>
      ) : (
        <MessageComposer
          key={at}
          channel="customer-service"
          value={reply.content}
          onChange={(content) => change({ content })}
          event={null}
          showMissing={showMissing}
          phone={replies.length > 1 && <AnswerPhone key={mode} answer={value} at={at} />}
          place="reply"
        />
      )}
      <EffectsEditor
        value={effects}
        onChange={(part) => onChange({ ...value, effects: { ...effects, ...part } })}
      />
    </div>
  )
}
