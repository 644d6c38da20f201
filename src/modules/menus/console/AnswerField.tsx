import { EditOutlined, MessageOutlined } from '@ant-design/icons'
import { Alert, Button, Drawer, Form } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  AnswerEditor,
  AnswerSummary,
  newAnswer,
  useAnswerProblemText,
} from '../../auto-replies/console/index.ts'
import { type Answer, hasEffect } from '../../auto-replies/schema.ts'
import type { MenusView } from '../schema.ts'

/** 点击后的答复: in a drawer of its own, with its own phone. */
export function AnswerField({
  answer,
  problems,
  readOnly,
  onChange,
}: {
  answer: Answer | null
  problems: MenusView['answerProblems']
  readOnly: boolean
  onChange: (answer: Answer | null) => void
}) {
  const { t } = useTranslation()
  const problemText = useAnswerProblemText()
  const [editing, setEditing] = useState<Answer | null>(null)
  const isEmpty = editing !== null && editing.replies.length === 0 && !hasEffect(editing.effects)
  return (
    <Form.Item label={t('menus.answer')} extra={t('menus.answerHint')}>
      {answer !== null && (
        <div style={{ marginBottom: 8 }}>
          <AnswerSummary answer={answer} />
          {problems.map((one) => (
            <Alert
              key={`${one.reply}${one.reason}`}
              type="warning"
              showIcon
              style={{ marginTop: 8 }}
              title={problemText(one)}
            />
          ))}
        </div>
      )}
      {!readOnly && (
        <div className="w-row">
          <Button
            icon={answer === null ? <MessageOutlined /> : <EditOutlined />}
            onClick={() => setEditing(answer ?? newAnswer())}
          >
            {t(answer === null ? 'menus.addAnswer' : 'menus.editAnswer')}
          </Button>
          {answer !== null && (
            <Button type="text" onClick={() => onChange(null)}>
              {t('menus.dropAnswer')}
            </Button>
          )}
        </div>
      )}
      <Drawer
        open={editing !== null}
        size={900}
        title={t('menus.answer')}
        onClose={() => setEditing(null)}
        extra={
          <Button
            type="primary"
            disabled={isEmpty}
            onClick={() => {
              onChange(editing)
              setEditing(null)
            }}
          >
            {t('menus.useAnswer')}
          </Button>
        }
      >
        {editing !== null && <AnswerEditor value={editing} onChange={setEditing} />}
      </Drawer>
    </Form.Item>
  )
}
