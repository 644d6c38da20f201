import type { ReactNode } from 'react'

/** One line of a form: what it is at the left, the field and what to know about it at the right. */
export function Field({
  label,
  hint,
  htmlFor,
  children,
}: {
  label: ReactNode
  hint?: ReactNode
  htmlFor?: string
  children: ReactNode
}) {
  return (
    <div className="w-field">
      {htmlFor === undefined ? (
        <span className="w-field-label">{label}</span>
      ) : (
        <label htmlFor={htmlFor}>{label}</label>
      )}
      <div style={{ minWidth: 0 }}>
        {children}
        {hint !== undefined && <div className="w-field-hint">{hint}</div>}
      </div>
    </div>
  )
}
