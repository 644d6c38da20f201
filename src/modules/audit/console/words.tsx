import i18next from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { lookUp } from '../../../console/ui/error-text.ts'
import type { AuditEntry } from '../schema.ts'

/** An action in the operator's language; a name this console doesn't know is shown as it is. */
export const actionText = (action: string): string => lookUp('audit.actions', action) ?? action

export function useActionOptions(): { value: string; label: string }[] {
  const { i18n } = useTranslation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the labels follow the language
  return useMemo(() => {
    const actions = i18next.t('audit.actions', { returnObjects: true }) as unknown as Record<string, string>
    return Object.entries(actions).map(([value, label]) => ({ value, label }))
  }, [i18n.language])
}

/** What an entry is about, with a way there where there is a page. */
export function SubjectLink({ entry }: { entry: AuditEntry }) {
  if (entry.subjectKind === null) return <span className="w-faint">—</span>
  const text = `${lookUp('audit.subjects', entry.subjectKind) ?? entry.subjectKind} #${entry.subjectId}`
  const to = pathOf(entry)
  return to === undefined ? text : <Link to={to}>{text}</Link>
}

function pathOf({ subjectKind, subjectId, accountId }: AuditEntry): string | undefined {
  if (subjectId === null) return undefined
  if (subjectKind === 'account') return `/settings/accounts/${subjectId}`
  if (subjectKind === 'mini-program') return '/settings/mini-programs'
  if (subjectKind === 'broadcast' && accountId !== null)
    return `/accounts/${accountId}/broadcasts/${subjectId}`
  if (subjectKind === 'fan-list' && accountId !== null) return `/accounts/${accountId}/lists/${subjectId}`
  return undefined
}

export function Detail({ entry }: { entry: AuditEntry }) {
  return (
    <dl style={{ display: 'grid', gridTemplateColumns: 'max-content 1fr', gap: '2px 16px', margin: 0 }}>
      {Object.entries(entry.detail).map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt className="w-soft">{name}</dt>
          <dd className="w-mono" style={{ margin: 0 }}>
            {typeof value === 'string' ? value : JSON.stringify(value)}
          </dd>
        </div>
      ))}
    </dl>
  )
}
