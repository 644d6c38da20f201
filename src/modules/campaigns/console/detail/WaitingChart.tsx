import { useTranslation } from 'react-i18next'
import type { Figures } from '../../schema.ts'
import { StackedBars } from './StackedBars.tsx'

type Stretch = Figures['waiting'][number]

const at = ({ from }: Stretch) => from
const BARS = [
  { text: 'campaigns.detail.planned', colour: 'accent', count: ({ planned }: Stretch) => planned },
  { text: 'campaigns.detail.undecided', colour: 'odd', count: ({ undecided }: Stretch) => undecided },
] as const

/** People still to come, by when. */
export default function WaitingChart({ waiting }: { waiting: Figures['waiting'] }) {
  const { t } = useTranslation()
  return <StackedBars rows={waiting} at={at} bars={BARS} label={t('campaigns.detail.waiting')} />
}
