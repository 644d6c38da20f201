import { useTranslation } from 'react-i18next'
import { listCodesEndpoint } from '../../modules/qr-codes/schema.ts'
import { useEndpoint } from '../hooks.ts'
import { useCan } from '../session.ts'
import type { Matter } from './matter.ts'

const WRONG = [
  { state: 'failed', type: 'error' },
  { state: 'refused', type: 'error' },
  { state: 'lapsing', type: 'warning' },
] as const

/** QR codes that nobody can scan, or soon nobody. */
export function useCodeMatters(accountId: string): Matter[] {
  const { t } = useTranslation()
  const { data } = useEndpoint(
    listCodesEndpoint,
    { params: { accountId }, query: { limit: 1 } },
    { enabled: useCan('qr-codes:read'), every: 15_000 },
  )
  return WRONG.flatMap(({ state, type }): Matter[] => {
    const count = data?.counts[state] ?? 0
    if (count === 0) return []
    return [
      {
        key: `codes-${state}`,
        type,
        title: t(`qrCodes.attention.${state}`, { count }),
        hint: t(`qrCodes.attention.${state}Hint`),
        to: `/accounts/${accountId}/qr-codes?state=${state}`,
        action: t('overview.handle'),
      },
    ]
  })
}
