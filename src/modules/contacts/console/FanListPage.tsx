import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList, useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { type Fan, getFanListEndpoint, listFanListMembersEndpoint } from '../schema.ts'
import { useFanColumns } from './columns.tsx'

export function FanListPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const { listId = '' } = useParams()
  const params = { accountId, listId }
  const query = useEndpoint(getFanListEndpoint, { params })
  const members = useCursorList(listFanListMembersEndpoint, { params })
  const columns = useFanColumns()
  return (
    <Loaded query={query}>
      {(list) => (
        <>
          <PageHeader
            title={list.name}
            sub={t('lists.madeBy', {
              name: list.createdBy ?? t('common.system'),
              at: format.instant(list.createdAt),
            })}
            back={{ to: `/accounts/${accountId}/lists`, label: t('nav.lists') }}
          />
          <div style={{ marginBottom: 16 }}>
            <StatRow>
              <NumberStat label={t('lists.size')} value={format.number(list.size)} />
              <NumberStat
                label={t('lists.unknown')}
                value={format.number(list.unknownOpenids)}
                hint={t('lists.unknownHint')}
              />
              <NumberStat
                label={t('lists.repeated')}
                value={format.number(list.repeatedOpenids)}
                hint={t('lists.repeatedHint')}
              />
            </StatRow>
          </div>
          <CursorTable<Fan>
            list={members}
            columns={columns}
            rowKey="id"
            minWidth={820}
            onOpen={(fan) => void navigate(`/accounts/${accountId}/fans/${fan.id}`)}
            empty={<EmptyState title={t('lists.noMembers')} hint={t('lists.noMembersHint')} />}
          />
        </>
      )}
    </Loaded>
  )
}
