import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { MassRecord } from '../../schema/records.ts'

/** 实际送达, and whether WeChat still corrects it. */
export function Delivered({ delivered }: { delivered: MassRecord['delivered'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { people, uncounted, isFinal } = delivered
  const hints = [
    t('massRecords.deliveredHint'),
    uncounted > 0 && t('massRecords.uncounted', { number: format.number(uncounted) }),
  ].filter(Boolean)
  return (
    <Tooltip title={hints.join(' ')}>
      <span>
        {format.number(people)}
        <div className="w-faint w-small">{t(isFinal ? 'massRecords.final' : 'massRecords.notFinal')}</div>
      </span>
    </Tooltip>
  )
}
