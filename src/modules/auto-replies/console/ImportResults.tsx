import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useAccountId } from '../../../console/session.ts'
import { lookUp } from '../../../console/ui/error-text.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import type { ImportResult } from '../schema.ts'

/** What became of each rule that was to be taken over. */
export function ImportResults({
  results,
  onClose,
}: {
  results: readonly ImportResult[]
  onClose: () => void
}) {
  const { t } = useTranslation()
  const made = results.filter(({ ruleId }) => ruleId !== null).length
  return (
    <div className="w-stack">
      <strong>{t('replies.import.made', { made, all: results.length })}</strong>
      <ul className="w-reply-order">
        {results.map((result) => (
          <Result key={result.key} result={result} />
        ))}
      </ul>
      <div>
        <Button type="primary" onClick={onClose}>
          {t('common.close')}
        </Button>
      </div>
    </div>
  )
}

function Result({ result: { key, name, ruleId, reason, refusal, notes } }: { result: ImportResult }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const told = refusal === 'message_invalid' ? t('replies.import.invalid') : lookUp('errors', refusal ?? '')
  return (
    <li>
      <div>
        {ruleId === null ? (
          name || key
        ) : (
          <Link to={`/accounts/${accountId}/replies/${ruleId}/edit`}>{name}</Link>
        )}
        {notes.map((note) => (
          <div key={note} className="w-soft w-small">
            {t(`replies.import.note.${note}`)}
          </div>
        ))}
      </div>
      {reason === null ? (
        <StateTag tone="good">{t('replies.import.done')}</StateTag>
      ) : (
        <StateTag tone={reason === 'already_here' ? 'idle' : 'warn'}>
          {t(`replies.import.reason.${reason}`)}
          {refusal !== null && ` · ${told ?? refusal}`}
        </StateTag>
      )}
    </li>
  )
}
