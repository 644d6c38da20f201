import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { urlOf } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useCan } from '../../../../console/session.ts'
import { type Segment, unknownIdsEndpoint } from '../../schema/segment.ts'

/** Where the members of a static segment came from. */
export function OriginSection({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { origin } = segment
  const mayWrite = useCan('segments:write')
  return (
    <section className="w-panel">
      <h2>{t('segments.origin')}</h2>
      {origin.kind === 'import' && (
        <>
          <p>
            {t('segments.fromImport', {
              kind: t(`segments.idKindName.${origin.idKind}`),
              given: format.number(origin.given),
              repeated: format.number(origin.repeated),
              unknown: format.number(origin.unknown),
            })}
          </p>
          {origin.unknown > 0 && mayWrite && (
            <Button href={urlOf(unknownIdsEndpoint, { params: { segmentId: segment.id } })} download>
              {t('segments.downloadUnknown')}
            </Button>
          )}
        </>
      )}
      {origin.kind === 'picked' && <p>{t('segments.fromPicked')}</p>}
      {origin.kind === 'file' && <p>{t('segments.fromFile', { name: origin.fileName })}</p>}
      {origin.kind === 'broadcast' && (
        <p>
          {t(origin.outcome === 'reached' ? 'segments.fromReached' : 'segments.fromNotReached')}{' '}
          {segment.accountId !== null && (
            <Link to={`/accounts/${segment.accountId}/broadcasts/${origin.broadcastId}`}>
              {t('segments.openIt')}
            </Link>
          )}
        </p>
      )}
      {origin.kind === 'split' && (
        <p>
          {t('segments.fromSplit', { part: origin.part, parts: origin.parts, seed: origin.seed })}{' '}
          <Link to={`/segments/${origin.segmentId}`}>{t('segments.openIt')}</Link>
        </p>
      )}
      {origin.kind === 'combined' && (
        <p>
          {t(`segments.fromCombined.${origin.how}`)}{' '}
          {origin.segmentIds.map((id) => (
            <Link key={id} to={`/segments/${id}`} style={{ marginInlineEnd: 8 }}>
              #{id}
            </Link>
          ))}
        </p>
      )}
    </section>
  )
}
