import { Segmented, Select, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { type CodeScan, codeScansEndpoint, type QrCode } from '../schema.ts'

const HOWS = ['new', 'back', 'fan'] as const

/** Who scanned a code, each once. */
export function ScansTable({ code }: { code: QrCode }) {
  const { t } = useTranslation()
  const filters = useFilters(['how', 'following'])
  const { how, following } = filters.values
  const list = useCursorList(
    codeScansEndpoint,
    {
      params: { accountId: code.accountId, qrCodeId: code.id },
      query: { ...(how && { how: how as (typeof HOWS)[number] }), ...(following && { following }) },
    },
    { every: 15_000 },
  )
  return (
    <>
      <FilterBar>
        <Segmented
          value={how ?? 'all'}
          onChange={(value) => filters.set('how', value === 'all' ? undefined : value)}
          options={[
            { value: 'all', label: t('common.all') },
            ...HOWS.map((value) => ({ value, label: t(`qrCodes.how.${value}`) })),
          ]}
        />
        <Select
          allowClear
          placeholder={t('consents.followState')}
          aria-label={t('consents.followState')}
          style={{ width: 140 }}
          value={following ?? null}
          onChange={(value?: string | null) => filters.set('following', value ?? undefined)}
          options={[
            { value: 'true', label: t('consents.following') },
            { value: 'false', label: t('consents.unfollowed') },
          ]}
        />
      </FilterBar>
      <CursorTable<CodeScan>
        list={list}
        columns={useColumns()}
        rowKey="fanId"
        minWidth={820}
        empty={
          filters.isActive ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState title={t('qrCodes.peopleEmpty')} hint={t('qrCodes.peopleEmptyHint')} />
          )
        }
      />
    </>
  )
}

function useColumns(): TableColumnsType<CodeScan> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('consents.person'),
      render: (_, { contactId, name, openid }) => (
        <>
          <Link to={`/customers/${contactId}`}>{name || t('consents.noName')}</Link>
          <div className="w-faint w-mono">{openid}</div>
        </>
      ),
    },
    {
      title: t('qrCodes.howTitle'),
      width: 110,
      render: (_, { how }) => (
        <StateTag tone={how === 'new' ? 'good' : how === 'back' ? 'busy' : 'idle'}>
          {t(`qrCodes.how.${how}`)}
        </StateTag>
      ),
    },
    {
      title: t('consents.followState'),
      width: 110,
      render: (_, { following }) => t(`consents.${following ? 'following' : 'unfollowed'}`),
    },
    {
      title: t('qrCodes.scans'),
      width: 90,
      align: 'right',
      render: (_, { scans }) => format.number(scans),
    },
    {
      title: t('qrCodes.firstAt'),
      width: 150,
      className: 'w-nowrap',
      render: (_, { firstAt }) => format.instant(firstAt),
    },
    {
      title: t('qrCodes.lastAt'),
      width: 150,
      className: 'w-nowrap',
      render: (_, { lastAt }) => format.instant(lastAt),
    },
  ]
}
