import type { ReactNode } from 'react'

/** Something that needs somebody today. */
export type Matter = {
  key: string
  type: 'error' | 'warning' | 'info'
  title: ReactNode
  hint?: ReactNode
  to: string
  action: string
}
