import { Checkbox, Modal } from 'antd'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import './confirm.css'

export type ConfirmNumber = { label: ReactNode; value: ReactNode; strong?: boolean }

/** Asks before something that can't be undone, with the numbers it is about. */
export function ConfirmWithNumbers({
  open,
  title,
  numbers,
  note,
  consent,
  okText,
  cancelText,
  danger,
  busy,
  onConfirm,
  onCancel,
}: {
  open: boolean
  title: ReactNode
  numbers: readonly ConfirmNumber[]
  note?: ReactNode
  /** A sentence to tick before the button works. */
  consent?: ReactNode
  okText: string
  /** Where 取消 is what is asked about, another word for not doing it. */
  cancelText?: string
  danger?: boolean
  busy?: boolean
  onConfirm: () => void
  onCancel: () => void
}) {
  const { t } = useTranslation()
  const [agreed, setAgreed] = useState(false)
  // when it closes: what is ticked right after it opens must hold
  useEffect(() => {
    if (!open) setAgreed(false)
  }, [open])
  return (
    <Modal
      open={open}
      title={title}
      okText={okText}
      cancelText={cancelText ?? t('common.cancel')}
      onOk={onConfirm}
      onCancel={onCancel}
      width={480}
      confirmLoading={busy === true}
      okButtonProps={{ danger: danger === true, disabled: consent !== undefined && !agreed }}
    >
      <dl className="w-confirm-numbers">
        {numbers.map(({ label, value, strong }, index) => (
          <div key={index} className={strong === true ? 'w-confirm-strong' : ''}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {note !== undefined && <div className="w-confirm-note">{note}</div>}
      {consent !== undefined && (
        <Checkbox checked={agreed} onChange={(event) => setAgreed(event.target.checked)}>
          {consent}
        </Checkbox>
      )}
    </Modal>
  )
}
