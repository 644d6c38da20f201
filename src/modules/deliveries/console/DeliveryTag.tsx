import { useTranslation } from 'react-i18next'
import { StateTag, type Tone } from '../../../console/ui/StateTag.tsx'
import type { DeliveryState } from '../schema.ts'

const TONES: Record<DeliveryState, Tone> = {
  planned: 'idle',
  held: 'warn',
  skipped: 'idle',
  sending: 'busy',
  accepted: 'good',
  delivered: 'good',
  failed: 'bad',
  unknown: 'odd',
}

/** Where one message to one person is. */
export function DeliveryTag({ state }: { state: DeliveryState }) {
  const { t } = useTranslation()
  return <StateTag tone={TONES[state]}>{t(`campaigns.delivery.${state}`)}</StateTag>
}
