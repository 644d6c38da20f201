import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copyText } from '../../../console/ui/Copyable.tsx'
import './sources.css'

/** Lines to paste elsewhere, with their copy button. */
export function CodeBlock({ code }: { code: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await copyText(code)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <div className="w-code">
      <pre>{code}</pre>
      <Button
        size="small"
        type="text"
        aria-label={t('common.copy')}
        onClick={() => void copy()}
        icon={copied ? <CheckOutlined style={{ color: 'var(--w-good)' }} /> : <CopyOutlined />}
      />
    </div>
  )
}
