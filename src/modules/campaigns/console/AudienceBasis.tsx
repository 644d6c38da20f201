import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import type { Basis } from '../schema.ts'
import './campaigns.css'

/** Which segments an audience was made of: computed when, in which version. */
export function AudienceBasis({ basis }: { basis: Basis | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (basis === null || basis.segments.length === 0) return null
  return (
    <ul className="w-campaign-basis">
      {basis.segments.map(({ segmentId, name, role, version, snapshotId, asOf, stale }) => (
        <li key={`${role}:${segmentId}`}>
          <Tag color={role === 'exclude' ? 'orange' : 'blue'}>{t(`audience.role.${role}`)}</Tag>
          <Link to={`/segments/${segmentId}`}>{name}</Link>{' '}
          <span className="w-soft w-small">
            {t(snapshotId === null ? 'audience.asked' : 'audience.computed', {
              at: format.instant(asOf),
              version,
            })}
          </span>
          {stale && <span style={{ color: 'var(--w-warn)' }}> {t('campaigns.runs.stale')}</span>}
        </li>
      ))}
    </ul>
  )
}
