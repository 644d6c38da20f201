import { ArrowLeftOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import './page.css'

type Props = {
  title: ReactNode
  /** What this is or how it is going, in one line. */
  sub?: ReactNode
  /** What can be done: the main action last. */
  actions?: ReactNode
  back?: { to: string; label: string }
}

export function PageHeader({ title, sub, actions, back }: Props) {
  return (
    <header className="w-page-header">
      <div className="w-page-heading">
        {back && (
          <Link className="w-page-back" to={back.to}>
            <ArrowLeftOutlined /> {back.label}
          </Link>
        )}
        <h1>{title}</h1>
        {sub !== undefined && <div className="w-page-sub">{sub}</div>}
      </div>
      {actions !== undefined && <div className="w-page-actions">{actions}</div>}
    </header>
  )
}
