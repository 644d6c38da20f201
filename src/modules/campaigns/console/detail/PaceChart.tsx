import { useTranslation } from 'react-i18next'
import type { Figures } from '../../schema.ts'
import { StackedBars } from './StackedBars.tsx'

type Minute = Figures['pace'][number]

const at = ({ minute }: Minute) => minute
const BARS = [
  { text: 'campaigns.detail.accepted', colour: 'good', count: ({ accepted }: Minute) => accepted },
  { text: 'campaigns.detail.refused', colour: 'bad', count: ({ refused }: Minute) => refused },
] as const

/** What came of calls, minute by minute. */
export default function PaceChart({ pace }: { pace: Figures['pace'] }) {
  const { t } = useTranslation()
  return <StackedBars rows={pace} at={at} bars={BARS} label={t('campaigns.detail.pace')} />
}
