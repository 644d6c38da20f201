import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { listReplyRulesEndpoint, type ReplyKind, type ReplyRule } from '../schema.ts'
import { pageOfRule } from './owner.ts'
import type { Tab } from './tabs.ts'
import { useColumns } from './use-columns.tsx'

const NAMES = ['q', 'state', 'problem', 'of'] as const

/** Rules of one kind in the order in which they are tried. */
export function RulesTab({ tab }: { tab: Tab }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('replies:write')
  const filters = useFilters(NAMES)
  const { q, state, problem, of } = filters.values
  const kind: ReplyKind = tab === 'owned' ? (of === 'menu' ? 'menu' : 'scan') : tab
  const list = useCursorList(
    listReplyRulesEndpoint,
    {
      params: { accountId },
      query: {
        kind,
        ...(q && { q }),
        ...((state === 'on' || state === 'off') && { state }),
        ...((problem === 'true' || problem === 'false') && { problem }),
      },
    },
    { every: 15_000 },
  )
  const columns = useColumns(kind)
  const isFiltered = [q, state, problem].some(Boolean)
  return (
    <>
      <FilterBar filters={filters}>
        {tab === 'owned' && (
          <Segmented
            value={kind}
            onChange={(next) => filters.set('of', next === 'scan' ? undefined : next)}
            options={(['scan', 'menu'] as const).map((value) => ({
              value,
              label: t(`replies.kind.${value}`),
            }))}
          />
        )}
        <SearchInput
          placeholder={t(tab === 'keyword' ? 'replies.searchWords' : 'replies.search')}
          value={q}
          onChange={(value) => filters.set('q', value)}
        />
        <Select<string>
          allowClear
          placeholder={t('common.state')}
          aria-label={t('common.state')}
          style={{ width: 110 }}
          {...(state && { value: state })}
          onChange={(value?: string) => filters.set('state', value)}
          options={(['on', 'off'] as const).map((value) => ({ value, label: t(`replies.${value}`) }))}
        />
        <Select<string>
          allowClear
          placeholder={t('replies.problems')}
          aria-label={t('replies.problems')}
          style={{ width: 130 }}
          {...(problem && { value: problem })}
          onChange={(value?: string) => filters.set('problem', value)}
          options={(['true', 'false'] as const).map((value) => ({
            value,
            label: t(`replies.withProblem.${value}`),
          }))}
        />
      </FilterBar>
      {tab !== 'owned' && <p className="w-faint w-small">{t(`replies.precedence.${tab}`)}</p>}
      {tab === 'owned' && <p className="w-soft">{t('replies.ownedHint')}</p>}
      <CursorTable<ReplyRule>
        list={list}
        rowKey="id"
        columns={columns}
        minWidth={620}
        onOpen={(rule) => {
          if (rule.owner !== null || mayWrite) void navigate(pageOfRule(accountId, rule))
        }}
        empty={
          isFiltered ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState title={t(`replies.empty.${kind}`)} hint={t(`replies.emptyHint.${kind}`)} />
          )
        }
      />
    </>
  )
}
