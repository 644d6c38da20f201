import { EditOutlined, MessageOutlined } from '@ant-design/icons'
import { Button, Checkbox, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AnswerEditor, AnswerSummary, newAnswer } from '../../auto-replies/console/index.ts'
import { type Answer, hasEffect } from '../../auto-replies/schema.ts'

/** 扫码后的答复 as a field of a form, written in a drawer of its own beside the phone. */
export function AnswerField({
  value = null,
  onChange,
}: {
  value?: Answer | null
  onChange?: (answer: Answer | null) => void
}) {
  const { t } = useTranslation()
  const [editing, setEditing] = useState<Answer | null>(null)
  const isEmpty = editing !== null && editing.replies.length === 0 && !hasEffect(editing.effects)
  const close = () => setEditing(null)
  return (
    <div>
      {value !== null && (
        <div style={{ marginBottom: 8 }}>
          <AnswerSummary answer={value} />
        </div>
      )}
      <div className="w-row">
        <Button
          icon={value === null ? <MessageOutlined /> : <EditOutlined />}
          onClick={() => setEditing(value ?? newAnswer())}
        >
          {t(value === null ? 'qrCodes.addAnswer' : 'qrCodes.editAnswer')}
        </Button>
        {value !== null && (
          <Button type="text" onClick={() => onChange?.(null)}>
            {t('qrCodes.dropAnswer')}
          </Button>
        )}
      </div>
      <Drawer
        open={editing !== null}
        size={900}
        title={t('qrCodes.answer')}
        onClose={close}
        extra={
          <Button
            type="primary"
            disabled={isEmpty}
            onClick={() => {
              onChange?.(editing)
              close()
            }}
          >
            {t('qrCodes.useAnswer')}
          </Button>
        }
      >
        {editing !== null && (
          <>
            <AnswerEditor value={editing} onChange={setEditing} />
            <Checkbox
              style={{ marginTop: 16 }}
              checked={editing.followToo === true}
              onChange={({ target }) => setEditing({ ...editing, followToo: target.checked })}
            >
              {t('qrCodes.followToo')}
            </Checkbox>
            <div className="w-faint w-small">{t('qrCodes.followTooHint')}</div>
          </>
        )}
      </Drawer>
    </div>
  )
}
