import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { listDatasetsEndpoint } from '../../../datasets/schema.ts'
import { STARTS } from '../starts.ts'

/** Ready-made rules to begin with; each opens the builder filled in. */
export function StartingPoints({ onChoose }: { onChoose?: (start: string) => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const allowed = useCan('segments:write')
  const datasets = useEndpoint(listDatasetsEndpoint, {}, { staleMs: 60_000 }).data?.items ?? []
  if (!allowed) return null
  const choose =
    onChoose ?? ((start: string) => void navigate(`/segments/new?start=${encodeURIComponent(start)}`))
  const orders =
    datasets.find(({ key, archived }) => !archived && /order/.test(key)) ??
    datasets.find((one) => !one.archived)
  return (
    <div className="w-starts">
      {STARTS.map((start) => (
        <button type="button" key={start} onClick={() => choose(start)}>
          <b>{t(`segments.start.${start}`)}</b>
          <small>{t(`segments.startHint.${start}`)}</small>
        </button>
      ))}
      {orders && (
        <button type="button" onClick={() => choose(`dataset:${orders.key}`)}>
          <b>{t('segments.startValuable')}</b>
          <small>{t('segments.startValuableHint', { name: orders.name })}</small>
        </button>
      )}
    </div>
  )
}
