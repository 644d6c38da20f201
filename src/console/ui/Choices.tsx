import type { ReactNode } from 'react'
import './choices.css'

export type Choice<T extends string> = { value: T; title: ReactNode; hint: ReactNode; disabled?: boolean }

/** A few big options with a sentence each, one of them chosen. */
export function Choices<T extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string
  value: T
  choices: readonly Choice<T>[]
  onChange: (value: T) => void
}) {
  return (
    <div className="w-choice-grid" role="radiogroup" aria-label={label}>
      {choices.map((choice) => (
        <button
          type="button"
          role="radio"
          key={choice.value}
          className="w-choice"
          aria-checked={choice.value === value}
          disabled={choice.disabled === true}
          onClick={() => onChange(choice.value)}
        >
          <b>{choice.title}</b>
          <small>{choice.hint}</small>
        </button>
      ))}
    </div>
  )
}
