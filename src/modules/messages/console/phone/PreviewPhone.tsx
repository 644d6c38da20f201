import { UserOutlined } from '@ant-design/icons'
import { Alert, Button, Typography } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FanPicker } from '../../../contacts/console/index.ts'
import type { MessageContent } from '../../schema.ts'
import { usePreview } from '../use-preview.ts'
import { useProblemText } from '../use-problems.ts'
import { type Around, MessagePhone } from './MessagePhone.tsx'

/** The phone with a real person's values in the message, and whom they are of. */
export function PreviewPhone({
  content,
  around,
}: {
  content: MessageContent | null
  around?: Around | undefined
}) {
  const { t } = useTranslation()
  const [fanId, setFanId] = useState<string | null>(null)
  const [picking, setPicking] = useState(false)
  const chosen = useMemo(() => (fanId === null ? [] : [fanId]), [fanId])
  const preview = usePreview(content, fanId)
  const say = useProblemText()
  const hasVariables = content !== null && Object.keys(content.variables).length > 0
  const values =
    fanId === null || preview === undefined
      ? undefined
      : Object.fromEntries(
          preview.values.flatMap(({ name, value, used }) => (used === 'missing' ? [] : [[name, value]])),
        )
  const problem = fanId === null ? null : (preview?.problem ?? null)
  return (
    <div className="w-preview-phone">
      <MessagePhone content={content} values={values} around={around} />
      {hasVariables && (
        <div className="w-row w-preview-person">
          <Button size="small" icon={<UserOutlined />} onClick={() => setPicking(true)}>
            {fanId === null ? t('messages.preview.choose') : t('messages.preview.change')}
          </Button>
          {fanId !== null && (
            <Button size="small" type="text" onClick={() => setFanId(null)}>
              {t('messages.preview.nobody')}
            </Button>
          )}
        </div>
      )}
      {problem !== null && problem.reason !== 'message_invalid' && (
        <Alert
          type="warning"
          showIcon
          title={t('messages.preview.notSent')}
          description={say(asProblem(problem))}
        />
      )}
      {preview?.masked === true && (
        <Typography.Text type="secondary" className="w-small">
          {t('messages.preview.masked')}
        </Typography.Text>
      )}
      <FanPicker
        open={picking}
        chosen={chosen}
        onClose={() => setPicking(false)}
        onChoose={([first]) => {
          setPicking(false)
          setFanId(first ?? null)
        }}
      />
    </div>
  )
}

type Told = { reason: string; field: string; value: string; rule: string }

/** What stopped a preview, in the words that the form has for it. */
const asProblem = ({ reason, field, value, rule }: Told) => ({
  field,
  reason: rule === 'empty' ? 'field_missing' : rule === 'unlisted' ? 'field_unlisted' : reason,
  detail: { value, rule, name: reason === 'variable_missing' ? value : field },
})
