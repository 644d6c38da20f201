import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useCan } from '../../../console/session.ts'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { NoPermissionState } from '../../../console/ui/states.tsx'
import { BacktestList } from './BacktestList.tsx'

const KINDS = ['all', 'recall', 'campaign'] as const

/** Every back-test of the account, also those of rules that were never saved. */
export function BacktestsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const allowed = useCan('backtests:read')
  const filters = useFilters(['kind'])
  if (!allowed) return <NoPermissionState />
  const kind = KINDS.find((one) => one === filters.values.kind) ?? 'all'
  return (
    <>
      <PageHeader title={t('backtests.listTitle')} sub={t('backtests.sub')} />
      <FilterBar>
        <Segmented<(typeof KINDS)[number]>
          value={kind}
          onChange={(next) => filters.set('kind', next === 'all' ? undefined : next)}
          options={KINDS.map((value) => ({ value, label: t(`backtests.kind.${value}`) }))}
        />
      </FilterBar>
      <BacktestList named query={kind === 'all' ? {} : { kind }} onOpen={(id) => void navigate(id)} />
    </>
  )
}
