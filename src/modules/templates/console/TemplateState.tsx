import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import type { MessageTemplate } from '../schema.ts'

const TONES = { ok: 'good', changed: 'warn', gone: 'bad' } as const

/** Whether WeChat still has it as it was: usable, changed or gone, with what follows from that. */
export function TemplateState({ template }: { template: Pick<MessageTemplate, 'goneAt' | 'changedAt'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { goneAt, changedAt } = template
  const state = goneAt !== null ? 'gone' : changedAt !== null ? 'changed' : 'ok'
  return (
    <StateTag
      tone={TONES[state]}
      hint={t(`templates.stateHint.${state}`, { at: format.instant(goneAt ?? changedAt) })}
    >
      {t(`templates.state.${state}`)}
    </StateTag>
  )
}
