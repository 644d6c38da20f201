import { EditOutlined } from '@ant-design/icons'
import { Button, Input, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

/** A display name, changed where it stands; empty takes it away. */
export function RenameField({
  value,
  hint,
  editable,
  busy,
  onSave,
}: {
  value: string | null
  hint?: string
  editable: boolean
  busy: boolean
  onSave: (name: string | null) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState<string | undefined>()
  if (text === undefined)
    return (
      <span>
        {value ?? <span className="w-faint">—</span>}
        {editable && (
          <Button
            size="small"
            type="text"
            icon={<EditOutlined />}
            aria-label={t('registry.rename')}
            onClick={() => setText(value ?? '')}
          />
        )}
      </span>
    )
  const save = () => {
    onSave(text.trim() === '' ? null : text.trim())
    setText(undefined)
  }
  return (
    <div>
      <Space.Compact>
        <Input
          autoFocus
          size="small"
          maxLength={60}
          value={text}
          aria-label={t('registry.displayName')}
          onChange={(event) => setText(event.target.value)}
          onPressEnter={save}
        />
        <Button size="small" type="primary" loading={busy} onClick={save}>
          {t('common.save')}
        </Button>
        <Button size="small" onClick={() => setText(undefined)}>
          {t('common.cancel')}
        </Button>
      </Space.Compact>
      {hint && <div className="w-faint w-small">{hint}</div>}
    </div>
  )
}
