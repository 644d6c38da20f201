import { useTranslation } from 'react-i18next'
import type { Draft } from './draft.ts'
import { RecordingField } from './RecordingField.tsx'

/** 语音: one recording and nothing else. */
export function VoiceComposer({
  voiceId,
  onChange,
}: {
  voiceId: string | null
  onChange: (part: Partial<Draft>) => void
}) {
  const { t } = useTranslation()
  return (
    <RecordingField
      kind="voice"
      mediaAssetId={voiceId}
      note={t('composer.voiceNote')}
      onChange={(id) => onChange({ voiceId: id })}
    />
  )
}
