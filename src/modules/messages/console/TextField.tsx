import { Input, type InputRef } from 'antd'
import type { TextAreaRef } from 'antd/es/input/TextArea'
import { type ReactNode, useId, useRef } from 'react'
import { bytesOf } from '../../../wechat/rules/customer-service-limits.ts'
import { placeholder } from '../rules.ts'
import { FieldRow, useProblemsAt } from './FieldRow.tsx'
import { VariableMenu } from './variables/VariableMenu.tsx'

type Props = {
  field: string
  label: ReactNode
  value: string
  onChange: (value: string) => void
  rows?: number
  limit?: { most: number; unit: 'characters' | 'bytes' }
  hint?: ReactNode
  example?: string
  /** Buttons beside the variables; they get a function that inserts at the cursor. */
  tools?: (insert: (piece: string) => void) => ReactNode
}

/** A text that may hold variables, counted and checked while it is typed. */
export function TextField({ field, label, value, onChange, rows, limit, hint, example, tools }: Props) {
  const id = useId()
  const area = useRef<TextAreaRef>(null)
  const line = useRef<InputRef>(null)
  const wrong = useProblemsAt(field).length > 0
  const insert = (piece: string) => {
    const element = area.current?.resizableTextArea?.textArea ?? line.current?.input
    const start = element?.selectionStart ?? value.length
    const end = element?.selectionEnd ?? start
    onChange(value.slice(0, start) + piece + value.slice(end))
    requestAnimationFrame(() => {
      element?.focus()
      element?.setSelectionRange(start + piece.length, start + piece.length)
    })
  }
  const shared = {
    id,
    value,
    status: wrong ? ('error' as const) : ('' as const),
    ...(example !== undefined && { placeholder: example }),
  }
  return (
    <FieldRow
      field={field}
      label={<label htmlFor={id}>{label}</label>}
      hint={hint}
      extra={
        <span className="w-row w-message-tools">
          {tools?.(insert)}
          <VariableMenu onInsert={(name) => insert(placeholder(name))} />
          {limit && <Count value={value} limit={limit} />}
        </span>
      }
    >
      {rows === undefined ? (
        <Input {...shared} ref={line} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <Input.TextArea
          {...shared}
          ref={area}
          rows={rows}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </FieldRow>
  )
}

function Count({ value, limit: { most, unit } }: { value: string; limit: NonNullable<Props['limit']> }) {
  const count = unit === 'bytes' ? bytesOf(value) : [...value].length
  return (
    <span className={count > most ? 'w-small w-message-problem' : 'w-faint w-small'}>
      {count} / {most}
      {unit === 'bytes' && ' B'}
    </span>
  )
}
