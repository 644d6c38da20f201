import { useTranslation } from 'react-i18next'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import type { Source } from '../schema.ts'

export function SourceState({ source }: { source: Source }) {
  const { t } = useTranslation()
  return (
    <StateTag tone={source.state === 'active' ? 'good' : 'idle'}>
      {t(`sources.state.${source.state}`)}
    </StateTag>
  )
}
