import type { TableColumnType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import type { Touch } from '../schema.ts'
import { useReason } from './reasons.ts'

/** Why a delivery stands where it does, and what its recipient did with it. */
export function useReasonColumn<
  Row extends Pick<Touch, 'reason' | 'detail' | 'clickedAt' | 'convertedAt'>,
>(): TableColumnType<Row> {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  return {
    title: t('campaigns.people.reason'),
    render: (_, row) => {
      const why = row.reason === null ? undefined : explain(row.reason, row.detail)
      return (
        <>
          {why?.text ?? <span className="w-faint">—</span>}
          {row.clickedAt !== null && (
            <div className="w-faint w-small">
              {t('campaigns.people.clicked')} {format.instant(row.clickedAt)}
            </div>
          )}
          {row.convertedAt !== null && (
            <div className="w-small" style={{ color: 'var(--w-good)' }}>
              {t('campaigns.people.converted')} {format.instant(row.convertedAt)}
            </div>
          )}
        </>
      )
    },
  }
}
