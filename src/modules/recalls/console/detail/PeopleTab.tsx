import { Button, Segmented, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { lookUp } from '../../../../console/ui/error-text.ts'
import { FilterBar, useFilters } from '../../../../console/ui/filters.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { DeliveryTag, useReasons } from '../../../deliveries/console/index.ts'
import { type RecallPerson, type RecallRule, recallPeopleEndpoint } from '../../schema.ts'

const OUTCOMES = ['all', 'sent', 'returned', 'not-returned', 'not-sent', 'open'] as const
type Outcome = (typeof OUTCOMES)[number]

/** Whose moment came and who could be written to then, with what became of it and whether they came back. */
export function PeopleTab({ rule, onWhy }: { rule: RecallRule; onWhy: (contactId: string) => void }) {
  const { t } = useTranslation()
  const filters = useFilters(['outcome'])
  const outcome = OUTCOMES.find((one) => one === filters.values.outcome) ?? 'all'
  const list = useCursorList(
    recallPeopleEndpoint,
    { params: { accountId: rule.accountId, recallId: rule.id }, query: { outcome } },
    { every: 5_000 },
  )
  const edited = list.items.some(({ former }) => former !== null)
  const columns = useColumns(rule, edited, onWhy)
  return (
    <>
      <FilterBar>
        <Segmented<Outcome>
          value={outcome}
          onChange={(next) => filters.set('outcome', next === 'all' ? undefined : next)}
          options={OUTCOMES.map((value) => ({ value, label: t(`recalls.people.outcome.${value}`) }))}
        />
      </FilterBar>
      <CursorTable<RecallPerson>
        list={list}
        columns={columns}
        rowKey="deliveryId"
        minWidth={900}
        onOpen={(row) => onWhy(row.contactId)}
        empty={<EmptyState compact title={t('recalls.people.empty')} hint={t('recalls.people.emptyHint')} />}
      />
    </>
  )
}

function useColumns(
  rule: RecallRule,
  edited: boolean,
  onWhy: (contactId: string) => void,
): TableColumnsType<RecallPerson> {
  const { t } = useTranslation()
  const format = useFormat()
  const reason = useReasons()
  const several = rule.content.kind === 'custom' && rule.content.replies.length > 1
  return [
    {
      title: t('recalls.people.person'),
      render: (_, row) => (
        <span onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
          <Link to={`/customers/${row.contactId}`}>
            {row.name ?? t('recalls.people.numbered', { id: row.contactId })}
          </Link>
          {row.openid !== null && <div className="w-mono w-faint">{row.openid}</div>}
        </span>
      ),
    },
    {
      title: t('recalls.people.silentSince'),
      width: 150,
      className: 'w-nowrap',
      render: (_, row) => format.instant(row.silentSince),
    },
    { title: t('recalls.people.state'), width: 110, render: (_, row) => <DeliveryTag state={row.state} /> },
    {
      title: t('recalls.people.reason'),
      render: (_, row) => (row.reason === null ? '' : reason(row.reason, row.detail).text),
    },
    ...(several || edited
      ? [
          {
            title: t('recalls.people.reply'),
            width: edited ? 180 : 80,
            render: (_: unknown, row: RecallPerson) => <Reply row={row} />,
          },
        ]
      : []),
    {
      title: t('recalls.people.sentAt'),
      width: 150,
      className: 'w-nowrap',
      render: (_, row) => format.instant(row.sentAt),
    },
    {
      title: t('recalls.people.returned'),
      width: 170,
      render: (_, { returned }) =>
        returned === null ? (
          '—'
        ) : (
          <>
            {returned.tapped ? t('recalls.tapped') : t(`recalls.kind.${returned.kind}`)}
            <div className="w-faint w-small">{format.instant(returned.at)}</div>
          </>
        ),
    },
    {
      title: '',
      width: 80,
      render: (_, row) => (
        <Button
          type="link"
          size="small"
          onClick={(event) => {
            event.stopPropagation()
            onWhy(row.contactId)
          }}
        >
          {t('recalls.people.why')}
        </Button>
      ),
    },
  ]
}

/** Which reply it was; one that was changed since, as it was then. */
function Reply({ row: { reply, former } }: { row: RecallPerson }) {
  const { t } = useTranslation()
  if (reply !== null) return t('recalls.form.reply', { number: reply })
  if (former === null) return '—'
  const kind = lookUp('messages.kind', former.kind) ?? former.kind
  return (
    <>
      {former.text === '' ? kind : former.text}
      <div className="w-faint w-small">{t('recalls.people.former')}</div>
    </>
  )
}
