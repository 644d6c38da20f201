import { DownloadButton } from './DownloadButton.tsx'
import { RecordFilterBar, useRecordFilters } from './filters.tsx'
import { RecordsTable } from './RecordsTable.tsx'

/** 群发记录 of one account: one row a record, as the page across accounts has them. */
export function AccountRecords({ accountId }: { accountId: string }) {
  const all = useRecordFilters()
  const filters = { ...all, values: { ...all.values, account: accountId } }
  return (
    <>
      <RecordFilterBar filters={filters} fixedAccount end={<DownloadButton filters={filters} />} />
      <RecordsTable filters={filters} fixedAccount />
    </>
  )
}
