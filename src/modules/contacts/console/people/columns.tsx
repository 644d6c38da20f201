import { type TableColumnsType, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useAccounts } from '../../../../console/session.ts'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import type { Person } from '../../schema.ts'
import { usePersonName, useValueText } from './words.ts'

/** Columns one can choose, besides attributes as `a:<key>`. */
export const FIXED_COLUMNS = ['phone', 'user', 'accounts', 'tags', 'kinds', 'created'] as const
export type FixedColumn = (typeof FIXED_COLUMNS)[number]
export const DEFAULT_COLUMNS: readonly string[] = ['phone', 'accounts', 'tags', 'created']

type Attribute = { key: string; displayName: string | null; type: string }

export function usePeopleColumns(
  chosen: readonly string[],
  attributes: readonly Attribute[],
): TableColumnsType<Person> {
  const { t } = useTranslation()
  const nameOf = usePersonName()
  const fixed = useFixedColumns()
  const text = useValueText()
  return [
    {
      title: t('people.person'),
      render: (_, person) => {
        const remark = person.fans.find((fan) => fan.remark)?.remark
        return (
          <>
            <div>{nameOf(person)}</div>
            {remark !== undefined && remark !== person.name && (
              <span className="w-faint w-small">{remark}</span>
            )}
          </>
        )
      },
    },
    ...chosen.flatMap((name): TableColumnsType<Person> => {
      if (!name.startsWith('a:')) return [fixed[name as FixedColumn]].filter(Boolean)
      const key = name.slice(2)
      const attribute = attributes.find((one) => one.key === key)
      return [
        {
          title: attribute?.displayName ?? key,
          key: name,
          render: (_, { attributes: values }) => {
            const value = values[key]
            return value === undefined ? <span className="w-faint">—</span> : text(value, attribute?.type)
          },
        },
      ]
    }),
  ]
}

function useFixedColumns(): Record<FixedColumn, TableColumnsType<Person>[number]> {
  const { t } = useTranslation()
  const format = useFormat()
  const accounts = useAccounts().data?.items ?? []
  const accountName = (id: string) => accounts.find((one) => one.id === id)?.name ?? `#${id}`
  const mono = (value: string | null) =>
    value === null ? <span className="w-faint">—</span> : <span className="w-mono">{value}</span>
  return {
    phone: { title: t('people.kinds.phone'), key: 'phone', render: (_, { phone }) => mono(phone) },
    user: { title: t('people.kinds.user'), key: 'user', render: (_, { user }) => mono(user) },
    accounts: {
      title: t('people.accounts'),
      key: 'accounts',
      render: (_, { fans }) =>
        fans.length === 0 ? (
          <span className="w-faint">—</span>
        ) : (
          fans.map((fan) => (
            <div key={fan.fanId}>
              <StateTag tone={fan.following ? 'good' : 'idle'}>{accountName(fan.accountId)}</StateTag>
            </div>
          ))
        ),
    },
    tags: {
      title: t('people.tags'),
      key: 'tags',
      render: (_, { tags }) =>
        tags.length === 0 ? (
          <span className="w-faint">—</span>
        ) : (
          <>
            {tags.slice(0, 4).map((tag) => (
              <Tag key={tag.id}>{tag.name}</Tag>
            ))}
            {tags.length > 4 && <span className="w-faint">+{tags.length - 4}</span>}
          </>
        ),
    },
    kinds: {
      title: t('people.identities'),
      key: 'kinds',
      render: (_, { kinds }) => kinds.map((kind) => t(`people.kinds.${kind}`)).join(' · ') || '—',
    },
    created: {
      title: t('people.created'),
      key: 'created',
      className: 'w-nowrap',
      render: (_, { createdAt }) => format.instant(createdAt),
    },
  }
}
