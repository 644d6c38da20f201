import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../../console/format.ts'
import { type Arm, WHOLE } from '../../../schema.ts'

/** Which part of a tested group a record is. */
export function ArmMark({ arm }: { arm: Pick<Arm, 'kind' | 'label' | 'share'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (arm.kind === 'whole') return null
  return (
    <Tag>
      {arm.kind === 'rest'
        ? t('massTests.rest')
        : `${t('massTests.variantNamed', { label: arm.label })} · ${format.percent((arm.share ?? 0) / WHOLE)}`}
    </Tag>
  )
}
