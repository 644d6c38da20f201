import { explainMassStatus } from '../../../wechat/rules/mass-status.ts'

/** Whether a batch failed because its articles are reprints, or may be, and the send was to stop on one. */
export function stoppedAtReprint(detail: Record<string, unknown> | null): boolean {
  const status = detail?.['status']
  if (typeof status !== 'string') return false
  const { reason } = explainMassStatus(status)
  return reason === 'originality_reprint' || reason === 'originality_system'
}
