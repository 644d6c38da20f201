import { useTranslation } from 'react-i18next'
import { SegmentPage } from '../../modules/segments/console/index.ts'
import { ExportPeopleButton } from '../../modules/transfers/console/index.ts'

/** A segment, with its members to take away as a file. */
export function SegmentWithExport() {
  const { t } = useTranslation()
  return (
    <SegmentPage
      memberTools={({ id, snapshotId, updateKind }) =>
        (updateKind === 'live' || snapshotId !== null) && (
          <ExportPeopleButton people={{ kind: 'segment', segmentId: id }} label={t('exports.members')} />
        )
      }
    />
  )
}
