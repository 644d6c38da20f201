import type { ReactNode } from 'react'
import type { BacktestVariant } from '../../schema.ts'

/** A version that there is or was. */
export type Version = { key: string; label: string; variant: BacktestVariant }

/** One of somebody's own making, which begins as a copy of what is played. */
export type Other = {
  label: string
  fields: (value: BacktestVariant, onChange: (value: BacktestVariant) => void) => ReactNode
  /** Whether it can be played as it stands. */
  isWhole: (value: BacktestVariant) => boolean
}
