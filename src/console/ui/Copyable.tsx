import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import './copyable.css'

/** A value to paste elsewhere, with its copy button; `masked` shows it on demand only. */
export function Copyable({ value, label }: { value: string; label?: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await copyText(value)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <span className="w-copyable">
      <code title={label}>{value}</code>
      <Tooltip title={copied ? t('common.copied') : t('common.copy')}>
        <Button
          size="small"
          type="text"
          aria-label={t('common.copy')}
          onClick={() => void copy()}
          icon={copied ? <CheckOutlined style={{ color: 'var(--w-good)' }} /> : <CopyOutlined />}
        />
      </Tooltip>
    </span>
  )
}

/** The clipboard interface is missing on plain-HTTP pages other than localhost. */
export async function copyText(value: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(value)
  const area = document.createElement('textarea')
  area.value = value
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
