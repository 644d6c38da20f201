import { Tag, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { lookUp } from '../../../../console/ui/error-text.ts'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import type { SegmentListItem, UpdateKind } from '../../schema/segment.ts'

export function KindTag({ kind }: { kind: UpdateKind }) {
  const { t } = useTranslation()
  return (
    <Tooltip title={t(`segments.kindHint.${kind}`)}>
      <Tag variant="filled">{t(`segments.kindName.${kind}`)}</Tag>
    </Tooltip>
  )
}

/** When the number is from, and what is going on with it. */
export function ComputedAt({ segment }: { segment: SegmentListItem }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { computing, lastFailure, computedAt, outdated } = segment
  return (
    <>
      {computedAt === null ? (
        <span className="w-faint">{t('segments.neverComputed')}</span>
      ) : (
        format.instant(computedAt)
      )}
      <div>
        {computing !== null ? (
          <StateTag tone="busy" pulse>
            {t(`segments.computing.${computing}`)}
          </StateTag>
        ) : lastFailure !== null ? (
          <StateTag tone="bad" hint={failureText(lastFailure.reason)}>
            {t('segments.failed')}
          </StateTag>
        ) : outdated ? (
          <StateTag tone="warn" hint={t('segments.outdatedHint')}>
            {t('segments.outdated')}
          </StateTag>
        ) : null}
      </div>
    </>
  )
}

/** Why a computation failed, as far as this console knows the reason. */
export const failureText = (reason: string): string => lookUp('errors', reason) ?? reason
