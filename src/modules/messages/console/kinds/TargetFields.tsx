import { useTranslation } from 'react-i18next'
import type { MiniProgramTarget } from '../../schema.ts'
import { FieldRow, useProblemsAt } from '../FieldRow.tsx'
import { TextField } from '../TextField.tsx'
import { MiniProgramSelect } from './MiniProgramSelect.tsx'

/** Which page of which mini program it opens. */
export function TargetFields({
  prefix,
  target: { appId, path },
  onChange,
}: {
  prefix: string
  target: MiniProgramTarget
  onChange: (target: MiniProgramTarget) => void
}) {
  const { t } = useTranslation()
  const wrong = useProblemsAt(`${prefix}appId`).length > 0
  return (
    <>
      <FieldRow field={`${prefix}appId`} label={t('composer.miniProgram')}>
        <MiniProgramSelect
          value={appId}
          onChange={(chosen) => onChange({ appId: chosen, path })}
          status={wrong ? 'error' : ''}
        />
      </FieldRow>
      <TextField
        field={`${prefix}path`}
        label={t('composer.miniPath')}
        value={path}
        example="pages/index/index"
        hint={t('messages.hint.path')}
        onChange={(typed) => onChange({ appId, path: typed })}
      />
    </>
  )
}
