import { Popconfirm, Tag, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { hasPlaceholder, namesIn } from '../../rules.ts'
import type { MessageContent, Variable } from '../../schema.ts'
import { useCompose, withVariable } from '../compose-context.ts'
import { useProblemText } from '../use-problems.ts'
import { useSourceText } from './use-source-text.ts'
import { VariableDialog } from './VariableDialog.tsx'

/** The message's variables: where each comes from and what stands in for it. A tap changes one. */
export function VariableChips() {
  const { t } = useTranslation()
  const { content, problems, update } = useCompose()
  const [editing, setEditing] = useState<string | null>(null)
  const say = useProblemText()
  const names = Object.keys(content.variables)
  const general = problems.filter(({ field }) => field === 'variables' || field.startsWith('variables.'))
  if (names.length === 0 && general.length === 0) return null
  const variable = editing === null ? undefined : content.variables[editing]
  return (
    <div className="w-message-field">
      <div className="w-message-label">
        <span>{t('messages.variable.title')}</span>
      </div>
      <div className="w-row">
        {names.map((name) => (
          <Chip
            key={name}
            name={name}
            onEdit={() => setEditing(name)}
            onRemove={() => update((current) => without(current, name))}
          />
        ))}
      </div>
      {general.map((problem, index) => (
        <div key={index} className="w-message-problem" role="alert">
          {say(problem)}
        </div>
      ))}
      {editing !== null && variable !== undefined && (
        <VariableDialog
          open
          name={editing}
          variable={variable}
          onClose={() => setEditing(null)}
          onDone={(name, changed) => {
            update((current) => withVariable(current, name, changed))
            setEditing(null)
          }}
        />
      )}
    </div>
  )
}

function Chip({ name, onEdit, onRemove }: { name: string; onEdit: () => void; onRemove: () => void }) {
  const { t } = useTranslation()
  const { content } = useCompose()
  const tell = useSourceText()
  const variable = content.variables[name] as Variable
  const missing =
    variable.missing === 'skip'
      ? t('messages.variable.skipShort')
      : t('messages.variable.fallbackShort', { text: variable.missing.fallback })
  const used = isUsed(content, name)
  return (
    <Tooltip title={`${tell(variable.source)} · ${missing}`}>
      <Tag className="w-variable-chip" color={used ? 'blue' : 'default'}>
        <button type="button" onClick={onEdit}>
          {name}
          <span className="w-faint w-small"> · {missing}</span>
        </button>
        <Popconfirm
          title={t('messages.variable.removeAsk', { name })}
          onConfirm={onRemove}
          okText={t('composer.remove')}
        >
          <button type="button" aria-label={t('messages.variable.remove', { name })}>
            ×
          </button>
        </Popconfirm>
      </Tag>
    </Tooltip>
  )
}

const isUsed = ({ variables: _, ...rest }: MessageContent, name: string): boolean => {
  const text = JSON.stringify(rest)
  return hasPlaceholder(text) && namesIn(text).includes(name)
}

function without(content: MessageContent, name: string): MessageContent {
  const { [name]: _, ...variables } = content.variables
  return { ...content, variables }
}
